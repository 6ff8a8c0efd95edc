"""Whether a list's posting is proved: photos at two dates, countersigned; what is missing or late says so.

The first photo shows that the list was hung up when it was published, the second that it still hung there
before its period ended (`posting.*` settings say within how many days).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.configuration import services as configuration

from .models import Posting, PublicList
from .objection_keys import POSTING_FIRST_DAYS, POSTING_LAST_DAYS, POSTING_PROOFS


class ProofState(models.TextChoices):
    """How one of the two proofs stands."""

    PROVED = "proved", _("有照片，有会签")
    UNSIGNED = "unsigned", _("有照片，还没有会签")
    NO_PHOTO = "no_photo", _("登记了，没有照片")
    LATE = "late", _("晚了")
    WAITING = "waiting", _("还没到时候")
    DUE = "due", _("还没有")
    MISSING = "missing", _("缺")


# What has to be said openly, on the list's page and at the desk.
LACKING = [ProofState.NO_PHOTO, ProofState.LATE, ProofState.MISSING]


@dataclass(frozen=True)
class Proof:
    """One proof: `label`, the days between which its photo is to be taken, its state, by which posting."""

    label: str
    from_on: date
    until_on: date
    state: ProofState
    posting: Posting | None = None

    @property
    def lacking(self) -> bool:
        """Whether it is missing, late or without photo."""
        return self.state in LACKING


def proofs_of(list: PublicList, postings: Sequence[Posting], today: date) -> list[Proof]:
    """Return the proofs that the posting of `list` needs and how they stand on `today` (no query).

    Settings of the list's area as of its first day: a rule set later asks nothing of an earlier list.
    """
    at = (list.area, list.starts_on)
    first_until = min(
        list.starts_on + timedelta(days=configuration.value(POSTING_FIRST_DAYS, *at)), list.closes_on
    )
    proofs = [_proof(str(_("贴出时")), list.starts_on, first_until, list, postings, today)]
    if configuration.value(POSTING_PROOFS, *at) == 2:
        before = list.closes_on - timedelta(days=configuration.value(POSTING_LAST_DAYS, *at))
        taken = proofs[0].posting
        # One photo does not prove two dates.
        from_on = max(before, list.starts_on + timedelta(days=1))
        others = [one for one in postings if taken is None or one.seen_on > taken.seen_on]
        proofs.append(_proof(str(_("期满前")), from_on, list.closes_on, list, others, today))
    return proofs


def _proof(
    label: str, from_on: date, until_on: date, list: PublicList, postings: Sequence[Posting], today: date
) -> Proof:
    fitting = [one for one in postings if from_on <= one.seen_on <= until_on]
    if best := min(fitting, key=_rank, default=None):
        states = (ProofState.PROVED, ProofState.UNSIGNED, ProofState.NO_PHOTO)
        return Proof(label, from_on, until_on, states[_rank(best)[0]], best)
    late = [one for one in postings if until_on < one.seen_on <= list.closes_on and one.photo_id]
    if late:
        return Proof(label, from_on, until_on, ProofState.LATE, min(late, key=_rank))
    if today < from_on:
        return Proof(label, from_on, until_on, ProofState.WAITING)
    return Proof(label, from_on, until_on, ProofState.DUE if today <= until_on else ProofState.MISSING)


def _rank(posting: Posting) -> tuple[int, date, int]:
    """Return how well a posting proves: with photo and countersign first, then the earlier one."""
    rank = 2 if posting.photo_id is None else 0 if posting.countersigned_by_id else 1
    return rank, posting.seen_on, posting.pk
