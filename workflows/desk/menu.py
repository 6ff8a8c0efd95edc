"""The desk's entries in the side bar, by role; the same links serve pages without script."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from portal.outbox.services import unread
from workflows.engine.models import Batch

from . import gates

_COUNT = "_desk_waiting_count"
_UNREAD = "_desk_unread_count"


@dataclass(frozen=True)
class Entry:
    """A link of the side bar, open to holders of `roles()`."""

    name: str
    label: str | Promise
    icon: str
    roles: Callable[[], frozenset[str]]


ENTRIES = [
    Entry("todo", _("待办"), "tasks", lambda: gates.OFFICIALS),
    Entry("open", _("在办"), "list-ul", lambda: gates.READERS),
    Entry("handled", _("已办"), "check", lambda: gates.OFFICIALS),
    Entry("copies", _("抄送"), "mail", lambda: gates.READERS),
    Entry("closed", _("办结"), "folder-inverse", lambda: gates.READERS),
    Entry("month", _("月结"), "calendar-alt", lambda: gates.READERS),
    Entry("overview", _("督办"), "warning", lambda: gates.OVERSEERS),
    Entry("trail", _("留痕"), "history", lambda: gates.SUPERVISORS),
    Entry("pictures", _("图表"), "grid", lambda: gates.SUPERVISORS),
    Entry("radar", _("线索雷达"), "crosshairs", lambda: gates.SUPERVISORS),
    Entry("file", _("申报"), "plus-inverse", gates.filing_roles),
    Entry("requests", _("来访与申请"), "form", lambda: gates.REQUEST_ROLES),
    Entry("urgent", _("先帮后补"), "warning", lambda: gates.READERS),
    Entry("lists", _("公示"), "clipboard-list", lambda: gates.READERS),
    Entry("postings", _("登记张贴"), "image", lambda: gates.POSTERS),
    Entry("matters", _("村务"), "group", lambda: gates.READERS),
    Entry("objections", _("异议"), "comment", lambda: gates.OBJECTION_READERS),
    Entry("tickets", _("整改"), "tick-inverse", lambda: gates.TICKET_READERS),
    Entry("fortnights", _("督查报告"), "doc-full", lambda: gates.REPORT_READERS),
    Entry("spot_checks", _("抽查"), "view", lambda: gates.CHECKERS),
    Entry("assessments", _("考核"), "rotate", lambda: gates.ASSESSMENT_READERS),
    Entry("new_allocation", _("公布资金分配"), "doc-full-inverse", lambda: gates.ALLOCATORS),
    Entry("redactions", _("紧急删去"), "bin", lambda: gates.REDACTION_READERS),
    Entry("outages", _("网站停用"), "time", lambda: gates.OUTAGE_READERS),
    Entry("errata", _("网页纠错"), "edit", lambda: gates.ERRATA_READERS),
    Entry("catalogue", _("公开目录"), "list-ol", lambda: gates.ERRATA_READERS),
    Entry("footer", _("网站页脚"), "site", lambda: gates.FOOTER_KEEPERS),
    Entry("notices", _("告知书"), "mail", lambda: gates.READERS),
    Entry("households", _("农户"), "home", lambda: gates.REGISTRARS),
    Entry("kinship", _("亲属回避"), "link", lambda: gates.OFFICIALS),
    Entry("leave", _("代办"), "user", lambda: gates.LEAVE_KEEPERS),
    Entry("programmes", _("项目"), "doc-full", lambda: gates.READERS),
    Entry("settings", _("配置"), "cogs", lambda: gates.SETTING_READERS),
    Entry("messages", _("消息"), "info-circle", lambda: gates.EVERYBODY),
    Entry("robots", _("群机器人"), "comment-add", lambda: gates.ROBOT_KEEPERS),
    Entry("joint", _("两人共办"), "group", lambda: gates.SECOND_PERSONS),
    Entry("safety", _("登录安全"), "lock", lambda: gates.ACCOUNT_KEEPERS),
    Entry("health", _("系统状况"), "cogs", lambda: gates.SYSTEM_KEEPERS),
    Entry("audit", _("审计"), "history", lambda: gates.AUDITORS),
    Entry("inquiries", _("检索封存"), "lock", lambda: gates.INQUIRY_OPENERS),
    Entry("people", _("人员"), "group", lambda: gates.ACCOUNT_READERS),
]


def waiting_count(request: HttpRequest) -> int:
    """Return how many batches wait for the person who asks; counted once a request."""
    if not hasattr(request, _COUNT):
        setattr(request, _COUNT, Batch.objects.waiting_for(request.user).count())
    return int(getattr(request, _COUNT))


def unread_count(request: HttpRequest) -> int:
    """Return how many messages the person who asks has not read; counted once a request."""
    if not hasattr(request, _UNREAD):
        setattr(request, _UNREAD, unread(request.user).count())
    return int(getattr(request, _UNREAD))


def label(entry: Entry, request: HttpRequest) -> str:
    """Return the entry's words; those of the to-do list and of messages carry how many wait."""
    counted = {"todo": waiting_count, "messages": unread_count}.get(entry.name)
    if counted is not None and (count := counted(request)):
        return translate("%(label)s（%(count)s）") % {"label": entry.label, "count": count}
    return str(entry.label)


def links(request: HttpRequest) -> list[dict[str, str]]:
    """Return url and label of each entry that is open to the person who asks."""
    return [
        {"url": reverse(f"desk:{entry.name}"), "label": label(entry, request)}
        for entry in ENTRIES
        if gates.holds(request.user, entry.roles())
    ]


class DeskMenuItem(MenuItem):
    """An entry of the side bar that shows itself to those whose offices open it."""

    def __init__(self, entry: Entry, order: int) -> None:
        self.entry = entry
        super().__init__(
            entry.label,
            reverse(f"desk:{entry.name}"),
            name=f"desk-{entry.name}",
            icon_name=entry.icon,
            order=order,
        )

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether an office of the person opens the screen."""
        return gates.holds(request.user, self.entry.roles())

    def render_component(self, request: HttpRequest) -> Any:
        """Return the entry with the words of this request."""
        component = super().render_component(request)
        component.label = label(self.entry, request)
        return component
