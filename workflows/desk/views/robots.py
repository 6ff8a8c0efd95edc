"""群机器人: the county proposes and confirms them; for those who mend them, whether each works."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal import clock
from portal.outbox import robots
from portal.outbox.errors import OutboxError
from portal.outbox.posting import ALARM
from workflows.desk import gates
from workflows.desk.robot_forms import RobotForm

from .base import DeskMixin


class RobotsView(DeskMixin, TemplateView):
    """The robots within the person's offices: name, place and health, never what they were to tell."""

    template_name = "desk/robots.html"

    def roles(self) -> frozenset[str]:
        """Return those who keep robots or see to it that they work."""
        return gates.ROBOT_KEEPERS

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("群机器人")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the robots and, to who proposes them, the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Propose, confirm or stop one; or say why not, the form as it was typed."""
        do = request.POST.get("do", "")
        form = RobotForm(request.POST, user=request.user) if do == "propose" else None
        if form is not None and not form.is_valid():
            return self._show(form, refusal=_("有几项要改，见下面的红字。"), status=422)
        try:
            if form is not None:
                robots.propose(by=request.user, **form.cleaned_data)
                messages.success(request, _("提出了，等县级负责人确认后启用。"))
            elif do == "confirm":
                robots.confirm(by=request.user, robot_id=self._robot())
                messages.success(request, _("确认了，到启用日期就开始发。"))
            elif do == "stop":
                robots.stop(by=request.user, robot_id=self._robot())
                messages.success(request, _("停用了，不再往这个群发。"))
            else:
                return self._show(refusal=_("没有看清要办什么，请再点一次。"), status=422)
        except OutboxError as error:
            return self._show(form, refusal=str(error), status=422)
        return redirect("desk:robots")

    def _robot(self) -> int:
        given = self.request.POST.get("robot", "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0

    def _show(self, form: RobotForm | None = None, *, refusal: str = "", status: int = 200) -> HttpResponse:
        user = self.request.user
        may_propose = gates.holds(user, frozenset([robots.PROPOSER]))
        waiting = Count("posts", filter=Q(posts__next_attempt_at__isnull=False))
        lost = Count("posts", filter=Q(posts__given_up_at__isnull=False))
        rows = robots.kept_by(user).annotate(waiting=waiting, lost=lost)
        if may_propose and form is None:
            form = RobotForm(user=user)
        context = self.get_context_data(
            rows=rows.order_by("stopped_at", "area__path", "pk")[:200],
            form=form if may_propose else None,
            may_confirm=gates.holds(user, frozenset([robots.CONFIRMER])),
            may_stop=gates.holds(user, frozenset([robots.PROPOSER, robots.CONFIRMER])),
            today=clock.today(),
            alarm=ALARM,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)
