"""What a camera wrote into a photo: when, where and with what it was taken. Kept privately, never shown."""

import io
import re
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image
from pillow_heif import register_heif_opener

from .images import BROKEN

register_heif_opener()
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]
_TIME = re.compile(r"(\d{4}):(\d{2}):(\d{2}) (\d{2}):(\d{2}):(\d{2})")


@dataclass(frozen=True)
class PhotoFacts:
    """`taken_at` is the camera's own clock as 2026-11-21T09:30:00, without zone; `place` latitude,longitude
    in degrees; `device` maker and model. Each is empty where the photo does not say.
    """

    taken_at: str = ""
    place: str = ""
    device: str = ""


def facts_of(sent: bytes) -> PhotoFacts:
    """Return what the photo `sent` says of itself; nothing where it cannot be read. Decodes no pixels."""
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            exif = opened.getexif()
            detail = exif.get_ifd(ExifTags.IFD.Exif)
            taken = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
            device = f"{_plain(exif.get(ExifTags.Base.Make))} {_plain(exif.get(ExifTags.Base.Model))}"
            return PhotoFacts(_moment(taken), _place(exif.get_ifd(ExifTags.IFD.GPSInfo)), device.strip()[:80])
    except (*BROKEN, ZeroDivisionError, OverflowError, AttributeError):
        return PhotoFacts()


def _moment(written: Any) -> str:
    found = _TIME.match(str(written or ""))
    return "{}-{}-{}T{}:{}:{}".format(*found.groups()) if found else ""


def _place(gps: Any) -> str:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    return f"{latitude:.5f},{longitude:.5f}" if latitude is not None and longitude is not None else ""


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    if not parts:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= 180:
        return None
    return -value if str(side).strip("\x00 ").upper() == negative else value


def _plain(written: Any) -> str:
    return "".join(char for char in str(written or "") if char.isprintable()).strip()
