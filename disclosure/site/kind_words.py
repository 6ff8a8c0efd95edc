"""What a list's page says by what the list is about and at which stage it is published."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.masking.services import Content, kind_of
from disclosure.publicity.models import ListKind, PublicList

STATE_WORDS: dict[str, Any] = {
    ListKind.RESOLUTION: gettext_lazy("村里议定了，正在公开"),
    ListKind.APPLICATION: gettext_lazy("正在公示"),
    ListKind.RESULT: gettext_lazy("已经办完，正在公开结果"),
    ListKind.ANNOUNCEMENT: gettext_lazy("已经定了，正在公告"),
}
# Where the matter itself has better words than its stage.
OF_CONTENT: dict[tuple[str, str], Any] = {
    (Content.APPLICATIONS, ListKind.RESULT): gettext_lazy("钱已经发下去，正在公开结果"),
    (Content.PAYMENTS, ListKind.RESULT): gettext_lazy("钱已经发下去，正在公开结果"),
    (Content.AID, ListKind.RESULT): gettext_lazy("钱已经发下去，正在公开结果"),
    (Content.DIVIDENDS, ListKind.APPLICATION): gettext_lazy("分红方案正在公示"),
    (Content.DIVIDENDS, ListKind.RESULT): gettext_lazy("分红已经发到户，正在公开结果"),
    (Content.WORKS, ListKind.APPLICATION): gettext_lazy("要建的工程，正在公示"),
    (Content.WORKS, ListKind.RESULT): gettext_lazy("工程建好了，正在公开结果"),
    (Content.ALLOCATIONS, ListKind.APPLICATION): gettext_lazy("资金分配方案正在公示"),
    (Content.ALLOCATIONS, ListKind.ANNOUNCEMENT): gettext_lazy("资金怎样分已经定了，正在公告"),
    (Content.ASSESSMENTS, ListKind.ANNOUNCEMENT): gettext_lazy("考核结果已经定了，正在公告"),
    (Content.ACCOUNTS, ListKind.ANNOUNCEMENT): gettext_lazy("村里的账，正在公开"),
    (Content.VILLAGE, ListKind.RESULT): gettext_lazy("办好了，正在公开结果"),
    (Content.ADDITIONS, ListKind.ANNOUNCEMENT): gettext_lazy("已经批准纳入，正在公告"),
    (Content.EXITS, ListKind.ANNOUNCEMENT): gettext_lazy("已经批准退出，正在公告"),
}
HELD_WORDS: dict[str, Any] = {
    ListKind.RESOLUTION: gettext_lazy("提出来就有人去查，查清楚了答复您。"),
    ListKind.APPLICATION: gettext_lazy("期满以前提出的，提到的那一户先停下来查清楚，其他户照常。"),
    ListKind.RESULT: gettext_lazy("钱没到、数不对、东西没建，都可以提。查清楚了答复您。"),
    ListKind.ANNOUNCEMENT: gettext_lazy("觉得定得不对，可以提。查清楚了答复您。"),
}
THING_HELD = gettext_lazy("觉得哪一行不对、对不上账，都可以提。查清楚了答复您。")
# A household may ask to stand on these; nobody asks to leave the register or to be changed on it.
ASKED_FOR = [Content.ADDITIONS, Content.APPLICATIONS, Content.AID, Content.PAYMENTS, Content.DIVIDENDS]


def state_words(list: PublicList) -> str:
    """Return how a list that runs stands: 正在公示, 钱已经发下去，正在公开结果."""
    words = OF_CONTENT.get((list.content, list.kind)) or STATE_WORDS[ListKind(list.kind)]
    return str(words)


def held_words(list: PublicList) -> str:
    """Return what an objection to `list` brings about."""
    return str(HELD_WORDS[ListKind(list.kind)] if kind_of(list.content).households else THING_HELD)


def unit(list: PublicList) -> str:
    """Return what the rows of `list` are counted in: 户, 笔, 项."""
    return str(kind_of(list.content).unit)


def rows_heading(list: PublicList) -> str:
    """Return what the rows together are called."""
    return _("名单") if kind_of(list.content).households else _("明细")


def counted_words(list: PublicList) -> str:
    """Return why no row is shown where names are not allowed."""
    if list.with_money:
        return _("这个项目按规定不在网上公布姓名，只公布户数和金额。")
    return _("这件事按规定不在网上公布姓名，只公布户数。")


def may_ask(list: PublicList) -> bool:
    """Return whether somebody may miss their own household on `list` and ask to be on it."""
    return list.content in ASKED_FOR
