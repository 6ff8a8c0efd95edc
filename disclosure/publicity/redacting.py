"""Taking out a personal datum published by mistake: one official asks, another decides (design.md rule 6).

With the second official's word it leaves, in one transaction, every version and every list of the case;
pages, mirror, feeds, sheets and the search are made from what stands there and follow at its commit. A
tombstone says what kind of thing was taken out, when and by which offices; the list's digest still verifies.
"""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.ledger.services import Draft, append, erase_openings
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of

from . import redaction_targets
from .errors import BadRedaction, NoSuchRedaction
from .events import REDACTED, REDACTION_ASKED, REDACTION_DECLINED
from .incidents import Datum, Redaction, RedactionState
from .models import Complaint
from .redaction_targets import Found, Target
from .signals import redaction_asked, tell
from .tombstones import is_tombstone, tombstone
from .withholding import hash_of

# Whoever sees it first asks; those who answer for what the township and the county publish decide.
ASKING_ROLES = [
    Role.VILLAGE_CLERK,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_SUPERVISION,
    Role.TOWNSHIP_REVIEWER,
    Role.TOWNSHIP_HEAD,
    Role.COUNTY_REVIEWER,
    Role.COUNTY_HEAD,
]
DECIDING_ROLES = [Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD]
LONGEST_NOTE = 200
LONGEST_PART = 60


def waiting_for(user: User) -> QuerySet[Redaction]:
    """Return the redactions that wait for `user` to decide, their own left out, the oldest first."""
    asked = _apart_from(user, Redaction.objects.filter(state=RedactionState.ASKED)).exclude(asked_by=user)
    asked = asked.select_related("asked_office__area", "asked_by")
    return scope_of(user).filter(asked, "area_path", "line", roles=DECIDING_ROLES).order_by("pk")


def readable(user: User) -> QuerySet[Redaction]:
    """Return the redactions that `user` may read of: whoever asks, decides or supervises there."""
    roles = [*ASKING_ROLES, Role.SUPERVISOR]
    found = Redaction.objects.select_related("asked_office__area", "decided_office__area", "asked_by")
    found = _apart_from(user, found)
    return scope_of(user).filter(found, "area_path", "line", roles=roles).order_by("-pk")


def _apart_from(user: User, found: QuerySet[Redaction]) -> QuerySet[Redaction]:
    """Leave out what is about objections in which `user` is complained of: they see nothing of those."""
    against = Complaint.objects.filter(person=user.pk).values_list("objection", flat=True)
    return found.exclude(target="objection", object_id__in=[str(pk) for pk in against])


def ask(
    *,
    by: User,
    office: Office,
    target: str,
    object_id: str,
    field: str,
    datum: str,
    note: str = "",
    part: str = "",
) -> Redaction:
    """Ask that the text `field` of a published thing be taken out; a second official decides.

    `target` is one of `redaction_targets`, `datum` one of `Datum`; `part` are the words of the text that are
    to go, for a field of which not the whole goes. Raises NoSuchRedaction for what is not
    there or out of reach, NotYourOffice, BadRedaction, NotForThePublic for a note that repeats the datum.
    """
    with transaction.atomic():
        require_own(by, office, ASKING_ROLES)
        found, known = _found(target, object_id, field)
        line = found.line or (Line.ASSISTANCE if office.line == Line.ALL else office.line)
        if target == "objection" and Complaint.objects.filter(objection=int(object_id), person=by).exists():
            raise missing()
        if not covers(office, found.area.path, line):
            raise missing()
        if datum not in Datum.values:
            raise BadRedaction(_("请选删去的是哪一种个人信息。"))
        if not found.value.strip() or is_tombstone(found.value):
            raise BadRedaction(_("这里已经没有可以删的内容，请刷新页面看现在的情况。"))
        value = _part(found, part) if field in known.parts else found.value
        note = note.strip()[:LONGEST_NOTE]
        refuse_numbers(_("说明"), [note])
        try:
            with transaction.atomic():
                asked = Redaction.objects.create(
                    target=target,
                    object_id=object_id,
                    field=field,
                    datum=datum,
                    subject=found.subject,
                    area_path=found.area.path,
                    area_code=found.area.code,
                    line=line,
                    where=found.where,
                    link=found.link,
                    asked_value=value,
                    note=note,
                    asked_by=by,
                    asked_office=office,
                )
        except IntegrityError as error:
            raise BadRedaction(_("已经有人提出删这一处，正在等第二个人确认，请到“紧急删去”里看。")) from error
        follow = tell(redaction_asked, Redaction, redaction=asked)
        append(_draft(REDACTION_ASKED, asked, by, office, {}), *follow)
    return asked


def confirm(*, by: User, office: Office, redaction_id: int) -> Redaction:
    """Take the datum out, everywhere at once. Raises NoSuchRedaction, NotYourOffice, BadRedaction."""
    with transaction.atomic():
        asked = _locked(by, office, redaction_id)
        found, target = _found(asked.target, asked.object_id, asked.field)
        part = asked.field in target.parts
        if asked.asked_value not in found.value if part else asked.asked_value != found.value:
            raise BadRedaction(_("这一处已经改过了，和提出时不一样。请不同意这一件，看清楚再重新提。"))
        asked.state, asked.decided_by, asked.decided_office = RedactionState.DONE, by, office
        asked.decided_at = clock.now()
        value, asked.asked_value = asked.asked_value, ""
        asked.removed_hash = hash_of(value)
        label = str(Datum(asked.datum).label)
        removed = target.remove(asked.object_id, asked.field, value, tombstone(label), told(asked))
        asked.taken_from = removed.count
        asked.save()
        erase_openings(removed.forgotten, by=by, office=office, reason=REDACTED)
        append(
            _draft(
                REDACTED,
                asked,
                by,
                office,
                {**removed.body, "places": removed.count, "asked_by": asked.asked_by.username},
                # Its keyed hash: whoever reads the database, salts and all, tries no name against it.
                {**removed.sealed, "removed": asked.removed_hash},
            )
        )
    return asked


def decline(*, by: User, office: Office, redaction_id: int, why: str) -> Redaction:
    """Do not take it out, and say why. Raises what `confirm` raises, BadRedaction without a reason."""
    with transaction.atomic():
        asked = _locked(by, office, redaction_id)
        why = why.strip()
        if not 4 <= len(why) <= LONGEST_NOTE:
            raise BadRedaction(_("不同意要写明理由（4到200字），提出的人看得到。"))
        refuse_numbers(_("理由"), [why])
        asked.state, asked.decided_by, asked.decided_office = RedactionState.DECLINED, by, office
        asked.decided_at, asked.why_not, asked.asked_value = clock.now(), why, ""
        asked.save()
        append(_draft(REDACTION_DECLINED, asked, by, office, {"why": why}))
    return asked


def told(redaction: Redaction) -> dict[str, str]:
    """Return the tombstone as pages tell it: what kind of thing, when, and by which two offices."""
    decided_at = redaction.decided_at or clock.now()
    return {
        "what": str(Datum(redaction.datum).label),
        "at": timezone.localtime(decided_at).isoformat(timespec="minutes"),
        "asked": office_words(redaction.asked_office),
        "decided": office_words(redaction.decided_office) if redaction.decided_office else "",
    }


def stays(redaction: Redaction) -> str:
    """Return in words what of the datum of a redaction that waits is taken back from nowhere, or ""."""
    target = redaction_targets.get(redaction.target)
    return target.stays(redaction.object_id, redaction.asked_value) if target else ""


def office_words(office: Office) -> str:
    """Return an office as the public reads it, 菊岭村（村文书）: place and role, never who holds it."""
    return _("%(area)s（%(role)s）") % {"area": office.area.name, "role": office.get_role_display()}


def missing() -> NoSuchRedaction:
    """Return the one answer for what does not exist and what the asker may not know of."""
    return NoSuchRedaction(_("没有找到要删的内容，请刷新页面后再办。"))


def _part(found: Found, part: str) -> str:
    """Return the words of a text that are to go, or raise why it cannot be them."""
    part = part.strip()
    if not 2 <= len(part) <= LONGEST_PART:
        raise BadRedaction(_("要删的字最少写2个、最多%(n)s个；要删整段，就不用写。") % {"n": LONGEST_PART})
    if part not in found.value:
        raise BadRedaction(_("这一段里没有这几个字，请从网页上原样抄过来。"))
    return part


def _found(target: str, object_id: str, field: str) -> tuple[Found, Target]:
    known = redaction_targets.get(target)
    found = known.find(object_id, field) if known and field in known.fields else None
    if known is None or found is None:
        raise missing()
    return found, known


def _locked(by: User, office: Office, redaction_id: int) -> Redaction:
    require_own(by, office, DECIDING_ROLES)
    redactions = Redaction.objects.select_for_update(of=("self",))
    found = _apart_from(by, redactions).filter(pk=redaction_id).first()
    if found is None or not covers(office, found.area_path, found.line):
        raise missing()
    if found.state != RedactionState.ASKED:
        raise BadRedaction(_("这一件已经定过了，请刷新页面看结果。"))
    if found.asked_by_id == by.pk:
        raise BadRedaction(_("提出的人不能自己确认，请交给另一个人。"))
    return found


def _draft(
    kind: str,
    redaction: Redaction,
    by: User,
    office: Office,
    body: dict[str, object],
    sealed: dict[str, str] | None = None,
) -> Draft:
    return Draft(
        kind=kind,
        object_type="redaction",
        object_id=str(redaction.pk),
        actor=by,
        office=office,
        area_code=redaction.area_code,
        line=redaction.line,
        body={
            "target": redaction.target,
            "object": redaction.object_id,
            "field": redaction.field,
            "datum": redaction.datum,
            **body,
        },
        sealed=sealed or {},
    )
