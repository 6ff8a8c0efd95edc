"""Photographs: decoded and written anew, so that nothing but the picture is served.

What goes: place, time and device (EXIF, XMP, comments), thumbnails, and anything appended to the file. The
picture is turned upright and made no larger than a screen or an A4 print needs.
"""

import io
import struct
import zlib
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from .errors import RefusedFile

register_heif_opener()
# 4096 pixels print an A4 page at some 350 to the inch.
LONGEST_SIDE = 4096
JPEG_QUALITY = 88
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What broken bytes make the decoders raise.
BROKEN = (
    *(UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError),
    *(IndexError, KeyError, TypeError, struct.error, zlib.error, RuntimeError),
)


@dataclass(frozen=True)
class Picture:
    """A picture written anew."""

    data: bytes
    content_type: str
    extension: str


def rewrite(data: bytes, form: str, largest_megapixels: int) -> Picture:
    """Return the picture in `data`, of Pillow's format `form`, written anew as PNG (from PNG) or JPEG.

    Raises RefusedFile where it cannot be read or has too many pixels; these are counted before decoding.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as opened:
            width, height = opened.size
            # The full size counts, not that of a draft: a progressive JPEG is decoded whole in memory first.
            if width * height > largest_megapixels * 1_000_000:
                raise RefusedFile(
                    _("图片的像素太多（%(width)d×%(height)d），请在相机里改用普通照片模式，或缩小后再上传")
                    % {"width": width, "height": height}
                )
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            if opened.mode.startswith("I;16"):
                # Sixteen bits of grey: Pillow would cut them off instead of scaling them.
                return _written(_upright(opened.point(lambda level: level / 256).convert("L"), opened), form)
            return _written(_upright(opened, opened), form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedFile(_("图片的像素太多，请在相机里改用普通照片模式，或缩小后再上传")) from error
    except BROKEN as error:
        raise RefusedFile(_("图片损坏或没有传完，打不开，请重新上传；还不行就重新拍照或另存")) from error


def _upright(image: Image.Image, opened: Image.Image) -> Image.Image:
    """Return `image` made small and then turned as the camera of `opened` says: in this order for memory."""
    turn = opened.getexif().get(ORIENTATION, 1)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image.transpose(TURNS[turn]) if turn in TURNS else image


def _written(image: Image.Image, form: str) -> Picture:
    transparent = form == "PNG" and image.has_transparency_data
    plain = image.convert("RGBA" if transparent else "RGB")
    # Writers take comments and colour profiles over from here.
    plain.info = {}
    out = io.BytesIO()
    if form == "PNG":
        plain.save(out, "PNG", optimize=False)
        return Picture(out.getvalue(), "image/png", ".png")
    plain.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return Picture(out.getvalue(), "image/jpeg", ".jpg")
