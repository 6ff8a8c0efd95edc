"""The desks of the three administrators: 登录安全, 系统状况, 审计. Reading only, and no case on any."""

from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.people import joint
from workflows.desk import administration, gates

from .base import DeskMixin


class SafetyView(DeskMixin, TemplateView):
    """The security administrator's: who is locked out, where an account seems lent, what waits."""

    template_name = "desk/administration/safety.html"
    page_title = gettext_lazy("登录安全")

    def roles(self) -> frozenset[str]:
        """Return the security administrators."""
        return gates.ACCOUNT_KEEPERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is looked after."""
        user: Any = self.request.user
        asked = list(joint.waiting().filter(asked_by=user))
        found = administration.safety(user)
        return super().get_context_data(**kwargs) | found | {"asked": asked}


class HealthView(DeskMixin, TemplateView):
    """The system administrator's: accounts without office, settings, jobs, messages that do not go out."""

    template_name = "desk/administration/health.html"
    page_title = gettext_lazy("系统状况")

    def roles(self) -> frozenset[str]:
        """Return the system administrators."""
        return gates.SYSTEM_KEEPERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how things stand."""
        return super().get_context_data(**kwargs) | administration.health()


class AuditView(DeskMixin, TemplateView):
    """The audit administrator's: the ledger's events of sign-ins, offices and settings, to be read."""

    template_name = "desk/administration/audit.html"
    page_title = gettext_lazy("审计")

    def roles(self) -> frozenset[str]:
        """Return the audit administrators."""
        return gates.AUDITORS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a page of events that fit the choices."""
        user: Any = self.request.user
        asked = self.request.GET
        chosen = {name: asked.get(name, "")[:150] for name in ("kind", "who", "since")}
        given = asked.get("before", "")
        before = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        rows = administration.narrowed(
            administration.audited(user),
            kind=chosen["kind"],
            who=chosen["who"],
            since=_day(chosen["since"]),
            before=before,
        )
        found = list(rows[: administration.PAGE + 1])
        shown = found[: administration.PAGE]
        older = ""
        if len(found) > len(shown):
            older = urlencode({**chosen, "before": shown[-1].sequence})
        return super().get_context_data(**kwargs) | {
            "lines": [administration.line_of(event) for event in shown],
            "kinds": administration.kinds_of_administration(),
            "chosen": chosen,
            "older": older,
        }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
