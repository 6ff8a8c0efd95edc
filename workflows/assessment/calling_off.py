"""A round that was opened wrongly is called off before its results are public; it stays to be read."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import append
from portal.people.models import Office, User

from . import events, rounds, telling
from .errors import AssessmentError, BadRound, NotYours
from .models import CALLED_OFF_FROM, DECIDING, Round, RoundState


def call_off(*, by: User, round_id: int, words: str) -> Round:
    """Call a round off, by one who may decide on it: nothing of it counts, and it may be opened anew.

    Who opened it and who scored are told, the assessed too if they had their scores. Raises NoSuchRound,
    NotYours, BadRound, AssessmentError.
    """
    words = words.strip()
    if not 4 <= len(words) <= rounds.LONGEST:
        raise BadRound({"off": _("请写清为什么作废（4到1000字）。")})
    with transaction.atomic():
        round_ = rounds.found_round(by, round_id)
        if round_.state not in CALLED_OFF_FROM:
            said = {"state": round_.get_state_display()}
            raise AssessmentError(_("这次考核现在是“%(state)s”，不能作废。") % said)
        office = office_for(by, round_)
        if office is None:
            raise NotYours(_("作废由审定这次考核的人来办，您没有这个职务。"))
        rounds.not_twice(by, round_)
        before = round_.state
        round_.state, round_.called_off_by, round_.called_off_at = RoundState.CALLED_OFF, by, clock.now()
        round_.called_off_words = words  # type: ignore[assignment]  # a field that encrypts text
        round_.version += 1
        round_.save()
        telling.called_off(round_, by)
        append(rounds.draft(events.CALLED_OFF, round_, by, office, {"stage": before}, words=words))
    return round_


def office_for(user: User, round_: Round) -> Office | None:
    """Return the office by which `user` may call `round_` off, were they not kept out of deciding."""
    return rounds.acting_office(user, round_.area, DECIDING, round_.line)
