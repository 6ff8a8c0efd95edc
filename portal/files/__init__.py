"""Private files, and the image and document models of public media."""
