"""两人共办: what was asked for about an account and waits for the second person; they agree or decline."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.people import joint
from portal.people.errors import PeopleError
from portal.people.invitations import Invitation, agreed_reset
from portal.people.models import JointAct, JointKind
from workflows.desk import accounts, gates

from .people import SecretMixin

SHOWN = 20


class JointView(SecretMixin, TemplateView):
    """What waits for one's agreement, what one asked for, and what became of both."""

    template_name = "desk/people/joint.html"
    page_title = gettext_lazy("两人共办")

    def roles(self) -> frozenset[str]:
        """Return whoever may be the second person."""
        return gates.SECOND_PERSONS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what waits."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Agree, decline with a reason, or take back what one asked for."""
        what = request.POST.get("do", "")
        if what not in ("agree", "decline", "take_back"):
            return self._show(refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        act = self._one(request.POST.get("act", ""))
        try:
            if what == "agree":
                invitation = agreed_reset(joint.agree(by=self.user(), act=act))
                if invitation is not None:
                    return self._show(invitation=invitation)
                said = _("已经同意，办好了：%(name)s") % {"name": act.user}
            elif what == "decline":
                joint.decline(by=self.user(), act=act, reason=request.POST.get("reason", ""))
                said = _("已经答复不同意。")
            else:
                joint.take_back(by=self.user(), act=act)
                said = _("已经撤回。")
        except PeopleError as error:
            return self._show(refusal=str(error), typed=request.POST, status=422)
        messages.success(request, said)
        return redirect("desk:joint")

    def _one(self, given: str) -> JointAct:
        pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        mine = JointAct.objects.filter(pk=pk, asked_by=self.user()).first()
        found = mine or next((one for one in joint.waiting_for(self.user()) if one.pk == pk), None)
        if found is None:
            raise Http404
        return found

    def _show(
        self,
        *,
        refusal: str = "",
        typed: Any = None,
        invitation: Invitation | None = None,
        status: int = 200,
    ) -> HttpResponse:
        user = self.user()
        waiting = joint.waiting_for(user)
        done = JointAct.objects.exclude(answered_at=None).select_related(
            "user", "area", "answered_by", "asked_by"
        )
        return self.show(
            status=status,
            invitation=invitation,
            refusal=refusal,
            typed=typed or {},
            waiting=waiting,
            namesakes=accounts.namesakes(one.user for one in waiting if one.kind == JointKind.GRANT),
            asked=list(joint.waiting().filter(asked_by=user)),
            done=list(
                (done.filter(asked_by=user) | done.filter(answered_by=user)).order_by("-answered_at")[:SHOWN]
            ),
            me=user,
        )
