"""Sharing a page without any other site: its plain address, and that address as a QR code made here."""

from functools import lru_cache

import segno

LONGEST = 300


@lru_cache(maxsize=512)
def qr_code(address: str) -> str:
    """Return the QR code of `address` as inline SVG without size or style; empty where none can be read.

    `address` is a public page's: it holds no personal data.
    """
    if len(address) > LONGEST or not address.isascii():
        return ""
    made = segno.make(address, error="l", micro=False)
    return str(made.svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=2))
