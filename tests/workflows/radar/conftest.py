"""What the tests of the radar share."""

from ..supervision.conftest import SignIn, county, kept_county, sign_in

__all__ = ["SignIn", "county", "kept_county", "sign_in"]
