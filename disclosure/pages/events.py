"""Events of the pages: an import, and each submission, refusal, publication and withdrawal of a page."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, TaskState
from wagtail.signals import page_published, page_unpublished, task_cancelled, task_rejected, task_submitted

from portal.ledger import kinds
from portal.ledger.last import append_last
from portal.ledger.services import Draft
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from .models import IndexNumber

kinds.register("policy.imported", _("导入政策文件"))
kinds.register("page.submitted", _("网页送审"))
kinds.register("page.recalled", _("撤回送审的网页"))
kinds.register("page.refused", _("退回网页"))
kinds.register("page.published", _("发布网页"), urgent=True)
kinds.register("page.unpublished", _("撤下网页"), urgent=True)
kinds.register("page.numbered", _("编索引号"))
kinds.register("site.recorded", _("填网站名称和页脚"))
kinds.register("policy.standing", _("政策文件的有效性到期变化"))


def _write(kind: str, page: Page, actor: User | None, revision: Any = None, **sealed: str) -> None:
    body = {"type": page.specific_class.__name__, "revision": str(revision.pk) if revision else ""}
    numbered = getattr(revision, "numbered", None)
    if revision and revision.user:
        body["written_by"] = revision.user.username
    with transaction.atomic():
        append_last(
            Draft(
                kind,
                "page",
                str(page.pk),
                actor=actor,
                office=office_of(actor),
                body=body,
                # A reason may name a household.
                sealed=sealed,
            ),
            *([_numbered(page, numbered, actor)] if numbered else []),
        )


def _numbered(page: Page, record: IndexNumber, actor: User | None) -> Draft:
    body = {"number": record.number, "printed": record.printed}
    return Draft("page.numbered", "page", str(page.pk), actor=actor, office=office_of(actor), body=body)


def office_of(actor: User | None) -> Office | None:
    """Return the office by which somebody acts on a page: head before editor."""
    held = {office.role: office for office in scope_of(actor).offices} if actor else {}
    return held.get(Role.COUNTY_HEAD) or held.get(Role.EDITOR)


def write_published(sender: Any, instance: Page, revision: Any = None, **kwargs: Any) -> None:
    """Write the event of a publication; PublicPage.publish holds the transaction."""
    actor = getattr(revision, "published_by", None)
    _write("page.published", instance, actor, revision)
    if actor is not None:
        _tell(instance, revision, _t("您写的网页已经公开"))


def write_unpublished(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Write the event of a withdrawal; PublicPage.unpublish holds the transaction."""
    withdrawal = getattr(instance, "withdrawal", None)
    reason = {"reason": withdrawal.reason} if withdrawal else {}
    _write("page.unpublished", instance, getattr(instance, "withdrawn_by", None), **reason)


def write_submitted(sender: Any, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Write the event of a submission and tell those who may decide."""
    from .moderation import reviewers

    page = _page(instance)
    _write("page.submitted", page, user, instance.revision)
    send(reviewers(page), _t("有一篇网页等您审核"), reverse("wagtailadmin_home"), kind=Kind.PAGE)


def write_refused(sender: Any, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Write the event of a refusal and tell who handed the page in."""
    page = _page(instance)
    _write("page.refused", page, user, instance.revision, reason=instance.comment)
    _tell(page, instance.revision, _t("您送审的网页退回了，请看退回原因"))


def write_recalled(sender: Any, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Write the event of a submission taken back."""
    _write("page.recalled", _page(instance), user, instance.revision)


def _page(state: TaskState) -> Page:
    page: Page = state.workflow_state.content_object
    return page


def _tell(page: Page, revision: Any, title: str) -> None:
    if revision is not None and revision.user is not None:
        send([revision.user], title, reverse("wagtailadmin_pages:edit", args=[page.pk]), kind=Kind.PAGE)


def connect() -> None:
    """Listen to Wagtail, whose screens publish and withdraw pages by ways of their own."""
    page_published.connect(write_published, dispatch_uid="pages.published")
    page_unpublished.connect(write_unpublished, dispatch_uid="pages.unpublished")
    task_submitted.connect(write_submitted, dispatch_uid="pages.submitted")
    task_rejected.connect(write_refused, dispatch_uid="pages.refused")
    task_cancelled.connect(write_recalled, dispatch_uid="pages.recalled")
