"""What these tests share: the county, and a browser that is signed in."""

from ..desk.conftest import sign_in
from ..kept import county, kept_county

__all__ = ["county", "kept_county", "sign_in"]
