"""A page goes public by two people: an editor hands it in, a county head who wrote none of it lets it out.

Wagtail's own group approval lets authors approve themselves and knows no offices; here offices decide, on the
day itself, and the page stays shut for changes while it is being read.
"""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.locks import WorkflowLock
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowPage, WorkflowTask

from portal import clock
from portal.areas.models import Area
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

WORKFLOW = "网页审核"
TASK = "县级负责人审核"
APPROVE, REFUSE = "approve", "reject"


class NotForYou(PermissionDenied):
    """A page was to be let out or sent back by somebody who may not."""


class ReasonMissing(PermissionDenied):
    """A page was to be sent back without a reason."""


class NothingToDecide(PermissionDenied):
    """The page is not, or no longer, waiting for a decision."""


class ReasonForm(forms.Form):
    """Why a page goes back to its editor."""

    comment = forms.CharField(
        label=gettext_lazy("退回原因"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("写明要改什么，编辑看得到"),
    )


class ReadAsHandedIn(WorkflowLock):
    """Keeps a page shut for everybody while it is being read."""

    def get_message(self, user: Any) -> str:
        """Return what stands above the page's form."""
        return _("这篇网页正在审核，内容不能改；要改请先撤回送审")


class SecondPersonApproval(Task):
    """Waits for a county head who wrote none of what would go public."""

    lock_class = ReadAsHandedIn

    class Meta:
        verbose_name = gettext_lazy("第二人审核")
        verbose_name_plural = gettext_lazy("第二人审核")

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """Keep the page as it was handed in: what is approved is what was read."""
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Return what `user` may do with the page `obj`: (name, label, asks for more)."""
        if not may_decide(obj, user):
            return []
        return [(APPROVE, _("批准并公开"), False), (REFUSE, _("退回修改"), True)]

    def get_form_for_action(self, action: str) -> Any:
        """Ask for a reason before a page goes back."""
        return ReasonForm if action == REFUSE else super().get_form_for_action(action)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        """Return what waits for `user`."""
        waiting = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS).select_related(
            "workflow_state"
        )
        if Role.COUNTY_HEAD not in scope_of(user).roles:
            return waiting.none()
        mine = [state.pk for state in waiting if may_decide(state.workflow_state.content_object, user)]
        return self.task_states.filter(pk__in=mine)

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> str:
        """Let the page out or send it back; return where to go then.

        Raises NothingToDecide where another decision came first, NotForYou, ReasonMissing.
        """
        locked = TaskState.objects.select_for_update().get(pk=task_state.pk)
        page = locked.workflow_state.content_object
        if page is None or locked.status != TaskState.STATUS_IN_PROGRESS:
            raise NothingToDecide(_("这篇网页已经审核过或者撤回了，请刷新后再看"))
        scope_of(user, fresh=True)
        if not may_decide(page, user):
            raise NotForYou(_("送审的网页要由没有写过它的县级负责人审核"))
        if action_name == REFUSE and not str(kwargs.get("comment") or "").strip():
            raise ReasonMissing(_("请写明退回的原因"))
        super().on_action(locked, user, action_name, **kwargs)
        return str(reverse("wagtailadmin_home"))

    @classmethod
    def get_description(cls) -> str:
        """Return what Wagtail's screens say of this task."""
        return _("由没有写过这篇网页的县级负责人审核")


def authors(page: Page) -> set[int]:
    """Return the accounts that wrote or handed in what would go public of `page`."""
    drafts = page.revisions.order_by()
    if page.live_revision_id:
        drafts = drafts.filter(pk__gt=page.live_revision_id)
    found = set(drafts.values_list("user_id", flat=True))
    state = page.current_workflow_state
    if state is not None:
        found.add(state.requested_by_id)
    return {pk for pk in found if pk is not None}


def may_decide(page: Page | None, user: Any) -> bool:
    """Return whether `user` may let `page` out or send it back today."""
    if page is None or not _reviews(page, user):
        return False
    return user.pk not in authors(page)


def reviewers(page: Page) -> list[User]:
    """Return who may decide on `page` today."""
    heads = Office.objects.in_force(clock.today()).filter(role=Role.COUNTY_HEAD, user__is_active=True)
    people = {office.user_id: office.user for office in heads.select_related("user")}
    return [user for user in people.values() if may_decide(page, user)]


def area_of(page: Page) -> Area | None:
    """Return the area whose column `page` stands in; None in the columns of the whole site."""
    from .models import SectionPage

    above = SectionPage.objects.ancestor_of(page, inclusive=True).filter(area__isnull=False)
    nearest = above.select_related("area").order_by("-depth").first()
    return nearest.area if nearest else None


def _reviews(page: Page, user: Any) -> bool:
    scope = scope_of(user)
    if Role.COUNTY_HEAD not in scope.roles:
        return False
    area = area_of(page)
    return area is None or scope.holds(Role.COUNTY_HEAD, area.path, None) is not None


def submit(*, by: User, page: Page) -> None:
    """Hand the latest draft of `page` in. Raises NotForYou; NothingToDecide where it is handed in already."""
    with transaction.atomic():
        Page.objects.select_for_update().get(pk=page.pk)
        if not page.permissions_for_user(by).can_edit():
            raise NotForYou(_("只有管这个栏目的编辑能送审"))
        state = page.current_workflow_state
        if state is not None and state.status == state.STATUS_IN_PROGRESS:
            raise NothingToDecide(_("这篇网页已经送审，请等审核结果"))
        if state is not None:
            state.resume(by)
        else:
            page.get_workflow().start(page, by)


def approve(*, by: User, page: Page) -> None:
    """Let `page` out as it was handed in. Raises NotForYou, NothingToDecide."""
    _decide(by, page, APPROVE)


def refuse(*, by: User, page: Page, reason: str) -> None:
    """Send `page` back to its editor. Raises NotForYou, NothingToDecide, ReasonMissing."""
    _decide(by, page, REFUSE, comment=reason)


def _decide(by: User, page: Page, action: str, **more: Any) -> None:
    state = page.current_workflow_task_state
    if state is None:
        raise NothingToDecide(_("这篇网页没有送审"))
    state.task.specific.on_action(state, by, action, **more)


def ensure_workflow(home: Page) -> Workflow:
    """Make the one workflow of all pages below `home` where it is missing; twice changes nothing."""
    task = SecondPersonApproval.objects.order_by("pk").first() or SecondPersonApproval.objects.create(
        name=TASK
    )
    link = WorkflowTask.objects.filter(task=task).select_related("workflow").order_by("pk").first()
    if link is None:
        workflow = Workflow.objects.create(name=WORKFLOW)
        link = WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": link.workflow})
    found: Workflow = link.workflow
    return found
