"""Photographs: decoded and written anew, so that nothing but the picture is served.

What goes: place, time and device (EXIF, XMP, comments), thumbnails, and anything appended to the file. The
picture is turned upright and made no larger than a screen or an A4 print needs.
"""

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from .errors import RefusedFile

register_heif_opener()
# 4096 pixels print an A4 page at some 350 to the inch.
LONGEST_SIDE = 4096
JPEG_QUALITY = 88


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
            # A JPEG can be decoded at a half, a quarter or an eighth, which spares most of the memory.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            width, height = opened.size
            if width * height > largest_megapixels * 1_000_000:
                raise RefusedFile(
                    _("图片的像素太多（%(width)d×%(height)d），请缩小后再上传")
                    % {"width": width, "height": height}
                )
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(upright, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedFile(_("图片的像素太多，请缩小后再上传")) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise RefusedFile(_("图片损坏，打不开，请重新拍照或另存后再上传")) from error


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
