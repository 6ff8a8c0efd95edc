"""Photos that come with a public form: no script, looked through like every upload, never shown in public."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.publicity.errors import BadObjection
from disclosure.publicity.objection_keys import PHOTO_MEGABYTES, PHOTOS
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.files.errors import RefusedFile
from portal.files.services import Prepared, prepare

FIELD = "photos"
MEGABYTE = 1024 * 1024
TOO_HEAVY = gettext_lazy(
    "照片太大，没有收下。请少带几张，或者把照片拍小一点再提交。刚才写的字，点浏览器的“返回”还在。"
)


def too_heavy(request: HttpRequest, area: Area | None) -> bool:
    """Return whether what is being sent is larger than all allowed photos together; reads nothing."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return True
    most = max(1, configuration.value(PHOTOS, area)) * configuration.value(PHOTO_MEGABYTES)
    return length > (most + 1) * MEGABYTE


def were_sent(request: HttpRequest) -> bool:
    """Return whether photos came with the form."""
    return bool(request.FILES.getlist(FIELD))


def prepared(request: HttpRequest, area: Area) -> list[Prepared]:
    """Return the photos that came with the form, found fit and written anew; too many raise BadObjection.

    Raises RefusedFile (the message says what to do) for what is no photo, too large, or hostile.
    """
    sent = request.FILES.getlist(FIELD)
    most = configuration.value(PHOTOS, area)
    if len(sent) > most:
        raise BadObjection(_("照片太多了，最多%(most)s张，请挑要紧的。") % {"most": most})
    megabytes = configuration.value(PHOTO_MEGABYTES)
    for photo in sent:
        if photo.size is None or photo.size > megabytes * MEGABYTE:
            raise RefusedFile(
                _("有一张照片太大，一张最多%(most)s兆。请在相机里选小一点的照片，再拍一张。")
                % {"most": megabytes}
            )
    found = [prepare(photo) for photo in sent]
    if not all(photo.is_picture for photo in found):
        raise RefusedFile(_("这里只收照片。别的材料请交到村里或乡镇。"))
    return found
