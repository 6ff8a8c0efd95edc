"""What others made and we carry with us is what they made."""

import hashlib

from .watching import AXE

# axe-core 4.14.1, package/axe.min.js of the release.
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


def test_axe_is_the_release_that_it_says() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256


def test_axe_comes_with_its_licence() -> None:
    licence = AXE.with_name("LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("Mozilla Public License, version 2.0")
