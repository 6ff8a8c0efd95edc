"""QR codes of sheets, as SVG."""

import io

import segno


def svg(address: str) -> str:
    """Return the QR code of `address` as SVG text, at the error correction that a folded sheet needs.

    The address must hold no personal data: whoever finds the sheet can read it. Raises ValueError for
    anything that is not a web address of visible ASCII, or longer than a phone reads off paper.
    """
    if not address.startswith(("https://", "http://")) or len(address) > 300:
        raise ValueError("二维码里只放网页地址")
    if not address.isascii() or not address.isprintable() or " " in address:
        raise ValueError("二维码里只放网页地址")
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=0)
    return out.getvalue().decode()
