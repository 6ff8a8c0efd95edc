"""Published pages as files: they go on being read while the rest is down."""
