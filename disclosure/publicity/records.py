"""What acts on an objection leave behind: the shape of its ledger events, and its photos."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from portal.files.models import PrivateFile
from portal.files.services import Prepared, keep
from portal.ledger.services import Draft
from portal.people.models import Office, User

from .models import Objection

# Photos that came with an objection, by which the private files' reference begins.
PHOTO = "objection"


def draft(
    kind: str,
    objection: Objection,
    by: User | None,
    office: Office | None,
    body: Mapping[str, object],
    sealed: Mapping[str, str] | None = None,
) -> Draft:
    """Return the ledger draft of an act on `objection`; what is `sealed` enters as commitments."""
    return Draft(
        kind=kind,
        object_type="objection",
        # Not the receipt: the ledger is read by more people than the slip.
        object_id=str(objection.pk),
        actor=by,
        office=office,
        area_code=objection.list.area.code,
        line=objection.list.line,
        body=dict(body),
        sealed=dict(sealed or {}),
    )


def photo_drafts(
    photos: Sequence[Prepared], kind: str, objection: Objection, by: User | None, office: Office | None
) -> list[Draft]:
    """Keep `photos` of `objection` under references of `kind` and return their ledger drafts."""
    drafts = []
    for count, photo in enumerate(photos, start=1):
        _file, one = keep(
            photo,
            name=_("照片%(count)s") % {"count": count},
            reference=f"{kind}:{objection.pk}",
            by=by,
            office=office,
            area_code=objection.list.area.code,
            line=objection.list.line,
        )
        drafts.append(one)
    return drafts


def photos_of(objection: Objection, kind: str) -> list[PrivateFile]:
    """Return the photos of `objection` of one kind, in the order in which they came (one query)."""
    return [*PrivateFile.objects.filter(reference=f"{kind}:{objection.pk}").order_by("pk")]
