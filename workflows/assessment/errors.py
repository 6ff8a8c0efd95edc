"""What this room refuses. Each message tells the person what to do next."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from workflows.money.reconciliation import Gap


class AssessmentError(Exception):
    """Something that cannot be done with a round; `str()` says why and what to do."""


class NoSuchRound(AssessmentError):
    """The round or the subject is missing or hidden: both look alike."""


class NotYours(AssessmentError):
    """The person holds no office for this act, or took part at another level of the round."""


class BadRound(AssessmentError):
    """What was typed is wrong: `wrong` has a sentence for each field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.wrong = wrong
        super().__init__("".join(wrong.values()))


class DoesNotReconcile(AssessmentError):
    """Approved, disclosed and paid sums differ: `gaps` are the cases, all of them."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = list(gaps)
        named = "；".join(
            _("%(number)s（%(kinds)s）")
            % {"number": gap.number, "kinds": "、".join(str(kind.label) for kind in gap.kinds)}
            for gap in gaps[:5]
        )
        more = _("等") if len(gaps) > 5 else ""
        super().__init__(
            _("批准、公开、拨付三个数对不上，有 %(n)d 件，还不能办结：%(named)s%(more)s。逐件处理好再来。")
            % {"n": len(gaps), "named": named, "more": more}
        )
