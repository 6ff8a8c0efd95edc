"""What a notice tells the household in plain sentences: its money where any is meant, and what comes next."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.programmes import matters
from workflows.programmes.answers import yuan


def sentences(notice: HouseholdNotice) -> list[str]:
    """Return what `notice` means for the household's money and what is to happen; asks nothing."""
    tell = _TOLD.get(NoticeKind(notice.kind))
    return tell(notice) if tell and matters.pays(notice.case) else []


def _reduced(notice: HouseholdNotice) -> list[str]:
    words = {"before": yuan(notice.before_fen), "after": yuan(notice.after_fen)}
    return [_("由 %(before)s 元减为 %(after)s 元") % words]


def _refused(notice: HouseholdNotice) -> list[str]:
    return [_("%(yuan)s 元，没有批准") % {"yuan": yuan(notice.before_fen)}]


def _returned(notice: HouseholdNotice) -> list[str]:
    return [_("%(yuan)s 元，金额没有动；补好材料再报") % {"yuan": yuan(notice.before_fen)}]


def _waiting(notice: HouseholdNotice) -> list[str]:
    return [
        _("%(yuan)s 元，没有减，也没有被拒：钱一时不够，排队候补，现在还没有批准。")
        % {"yuan": yuan(notice.after_fen)},
        _("要等到：前面的户退出、减少，或者追加了资金。有了余钱按名次往下补，轮到了再审批。"),
    ]


def _promoted(notice: HouseholdNotice) -> list[str]:
    return [
        _("%(yuan)s 元，批准了：有了余钱，按困难程度轮到您家，不用再排队。")
        % {"yuan": yuan(notice.after_fen)},
        _("接下来报县里备案，再照申报的项目办；发钱的日子另外公开。"),
    ]


# A household that leaves the register is told of no money.
_TOLD: dict[NoticeKind, Callable[[HouseholdNotice], list[str]]] = {
    NoticeKind.REDUCED: _reduced,
    NoticeKind.REFUSED: _refused,
    NoticeKind.RETURNED: _returned,
    NoticeKind.WAITING: _waiting,
    NoticeKind.PROMOTED: _promoted,
}
