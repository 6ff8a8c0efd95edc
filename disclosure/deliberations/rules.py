"""The pass rules of the four meetings: read from dated configuration, judged, explained in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.areas.models import Area
from portal.configuration import services as configuration

from .errors import RuleUnreadable
from .keys import rule_key
from .shares import Share


@dataclass(frozen=True)
class PassRule:
    """How many of those due must come and how many must agree; `for_due` counts agreement over those due."""

    present: Share
    votes: Share
    for_due: bool
    key: str
    value: Mapping[str, Any]
    verified: bool

    def as_record(self) -> dict[str, Any]:
        """Return the rule as a meeting keeps it, with the setting it came from."""
        return {"key": self.key, **self.value, "verified": self.verified}

    def words(self) -> str:
        """Return the rule as a sentence for who is about to hold the meeting, with the flag it may carry."""
        said = _("到会%(present)s、赞成%(votes)s（按%(base)s算）") % {
            "present": self.present.words(),
            "votes": self.votes.words(),
            "base": _("应到人数") if self.for_due else _("到会人数"),
        }
        return said if self.verified else said + _("，这条规则县里还没有确认")


@dataclass(frozen=True)
class Judgement:
    """Whether a meeting met its rule, and why, in words a villager follows."""

    passed: bool
    explanation: str


def rule_for(step: str, form: str, area: Area, on: date) -> PassRule:
    """Return the rule for a meeting of `step` (and `form`, of the fourth) held in `area` on `on`.

    Raises RuleUnreadable where the county's setting cannot be read.
    """
    key = rule_key(step, form)
    value = configuration.value(key, area, on)
    try:
        for_of = value["for_of"]
        if for_of not in ("present", "due"):
            raise ValueError(for_of)
        return PassRule(
            present=Share.read(value["present"]),
            votes=Share.read(value["for"]),
            for_due=for_of == "due",
            key=key,
            value=value,
            verified=not configuration.unverified(key, area, on),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = _("会议通过规则（%(key)s）的设置读不懂，请县里管理员改正后再记会议。") % {"key": key}
        raise RuleUnreadable(message) from error


def judge(
    rule: PassRule, *, due: int, present: int, votes_for: int, online: int = 0, proxy: int = 0
) -> Judgement:
    """Return whether `present` of `due` people and `votes_for` of them meet `rule`, with the reason.

    Those `online` and by `proxy` are among those present and count like them (S7); the reason says how many.
    """
    needed = rule.present.least(due)
    attendance = _("应到%(due)s人，实到%(present)s人") % {"due": due, "present": present}
    remote = [
        words % {"n": n} for words, n in ((_("线上%(n)s人"), online), (_("同户委托%(n)s人"), proxy)) if n
    ]
    if remote:
        attendance += _("（其中%(remote)s）") % {"remote": "、".join(remote)}
    if present < needed:
        return Judgement(
            False,
            _("%(attendance)s，到会没有%(share)s（要到%(needed)s人），会议不算数。")
            % {"attendance": attendance, "share": rule.present.words(), "needed": needed},
        )
    whole = due if rule.for_due else present
    needed = rule.votes.least(whole)
    base = _("应到人数") if rule.for_due else _("到会人数")
    words = {
        "attendance": attendance,
        "votes": votes_for,
        "base": base,
        "share": rule.votes.words(),
        "needed": needed,
    }
    if votes_for < needed:
        return Judgement(
            False,
            _(
                "%(attendance)s，到会够数；赞成%(votes)s票，没有%(share)s（按%(base)s算要%(needed)s票），没有通过。"
            )
            % words,
        )
    return Judgement(
        True,
        _("%(attendance)s，到会够数；赞成%(votes)s票，%(share)s（按%(base)s算要%(needed)s票），通过。")
        % words,
    )
