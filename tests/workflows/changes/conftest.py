"""The county of this room's tests."""

from ..kept import county, kept_county

__all__ = ["county", "kept_county"]
