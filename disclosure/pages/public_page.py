"""What every public page stands on: the footer's facts, the way back, the event of a publication."""

from datetime import date
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult

from disclosure.publicity.tombstones import sentences
from portal.ledger import written

from . import index_numbers, keeping
from .errors import NotWithdrawn, WithdrawalReasonMissing
from .records import PageViews, Withdrawal

LONGEST_REASON = 300
# The field of those kinds of pages that get an index number.
NUMBER = "index_number"
TEXT_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link"]


@written.followed()
@register_setting
class SiteRecord(BaseSiteSetting):
    """Facts of the public site's footer. What is not known stays empty and is shown as such."""

    sponsor = models.CharField(_("主办单位"), max_length=80, blank=True)
    operator = models.CharField(_("承办单位"), max_length=80, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    site_code = models.CharField(_("网站标识码"), max_length=20, blank=True)
    icp = models.CharField(_("备案号"), max_length=60, blank=True)
    police = models.CharField(_("公安备案号"), max_length=60, blank=True)
    organ = models.CharField(_("党政机关标识编号"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("网站信息")

    # How often the page that is being shown was read, and up to which day it was counted.
    views: int | None = None
    viewed_until: date | None = None

    @classmethod
    def current(cls, path: str = "") -> "SiteRecord":
        """Return the default site's record with the views of the page at `path`, in one query.

        Where there is none yet, an empty one that is not stored: a GET changes nothing.
        """
        of_page = PageViews.objects.filter(path=path).order_by().values("path")
        counted = of_page.annotate(read=models.Sum("count"), until=models.Max("day"))
        records = cls.objects.select_related("site").filter(site__is_default_site=True)
        record = records.annotate(
            read=models.Subquery(counted.values("read")), until=models.Subquery(counted.values("until"))
        ).first()
        if record is None:
            return cls(site=Site.objects.filter(is_default_site=True).first())
        record.views, record.viewed_until = record.read, record.until
        return record

    @property
    def county(self) -> str:
        """Return the name that stands beside the brand on every page."""
        return self.site.site_name if self.site_id else ""


class PublicPageForm(WagtailAdminPageForm):
    """The editor's form: the address of what was published stays, since papers and programmes point to it."""

    def clean_slug(self) -> str:
        """Refuse another slug for a page that was ever public."""
        typed = str(self.cleaned_data.get("slug") or "")
        if self.instance.first_published_at and typed != self.instance.slug:
            raise ValidationError(
                _t("这篇网页公开过，地址不能再改：别处引用的就是它。请改回“%(slug)s”")
                % {"slug": self.instance.slug}
            )
        return typed


# What of Wagtail's own columns is read by the public; the rest is where a page hangs and how it is edited.
SHOWN = {"title", "slug", "seo_title", "search_description", "live"}
# Tombstones have events of their own; by `noted_state` the clock knows whether it has told of a state.
NOT_SHOWN = {"page_ptr", "redactions", "noted_state"}
AnyPage = TypeVar("AnyPage", bound="type[PublicPage]")


def followed(page: AnyPage) -> AnyPage:
    """Have events name each page of this kind that was written: its own columns, and what is shown."""
    own = {field.name for field in page._meta.local_concrete_fields} - {
        "page_ptr",
        "redactions",
        "noted_state",
    }
    written.follow(page, only=own | set(SHOWN))
    return page


class PublicPage(Page):
    """What all public pages share: the way back, the column, and an event for each publication."""

    base_form_class = PublicPageForm

    # A public page is the same for whoever asks: the editor offers no way to close one (design.md rule 14).
    private_page_options: list[str] = []
    # No timed publication: a page goes public by the act of a second person, at the moment of that act.
    settings_panels: list[Any] = []

    # Tombstones: what kind of thing was taken out, when, by which offices; and by what it is known again.
    redactions = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> Any:
        """Return restrictions set by other ways than the editor; aliases are not made here.

        One query tells whether there is any, together with the columns that the page's trail shows.
        """
        above = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        restricting = PageViewRestriction.objects.filter(page__path__in=above)
        if self.depth > 3:
            columns = list(self._columns_above().annotate(restricted=models.Exists(restricting)))
            self._columns = columns
            if columns and not columns[0].restricted:
                return PageViewRestriction.objects.none()
        return restricting

    def _columns_above(self) -> Any:
        """Return the columns that stand between the home page and this one."""
        columns = apps.get_model("disclosure_pages", "SectionPage")
        return columns.objects.ancestor_of(self).filter(depth__gt=2)

    def trail(self, request: HttpRequest) -> list[Page]:
        """Return the pages above this one, from the home page down, which the site has read already."""
        if self.depth <= 2:
            return []
        site = Site.find_for_request(request)
        if site is None or self.path[: site.root_page.steplen * 2] != site.root_page.path:
            return list(self.get_ancestors().filter(depth__gt=1))
        if self.depth <= 3:
            return [site.root_page]
        # Whatever stands between the home page and a page is a column.
        columns = getattr(self, "_columns", None)
        return [site.root_page, *(self._columns_above() if columns is None else columns)]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages above this one, and the column it stands in."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["trail"] = self.trail(request)
        context["column"] = context["trail"][-1] if context["trail"] else None
        return context

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save; a page on the site keeps the index number it was given, whatever a draft says."""
        if self.live and self.pk and hasattr(self, NUMBER) and not kwargs.get("update_fields"):
            setattr(self, NUMBER, index_numbers.number_of(self) or getattr(self, NUMBER))
        return super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Save a draft, with tombstones in the place of what was redacted: an old text may still be open."""
        if self.redactions:
            from .redaction import kept_out

            kept_out(self)
        return super().save_revision(*args, **kwargs)

    def tombstones(self) -> list[str]:
        """Return what was taken out of the page, in words: what kind of thing, when, by which two offices."""
        return sentences(self.redactions)

    def with_content_json(self, content: Any) -> Any:
        """Return the page as a revision holds it; its tombstones are the page's, not the revision's."""
        page = super().with_content_json(content)
        page.redactions = self.redactions
        return page

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> Any:
        """Publish `revision`, with its index number, and write the event, in the same transaction.

        `user` is who did it. Raises IndexNumberTaken.
        """
        revision.published_by = user
        with transaction.atomic():
            if hasattr(self, NUMBER):
                revision.numbered = index_numbers.ensure(revision.as_object())
            return super().publish(revision, user=user, **kwargs)

    def unpublish(self, *args: Any, user: Any = None, reason: str = "", **kwargs: Any) -> Any:
        """Withdraw the page for a `reason` (300 characters at most) that stands at its address from then on.

        The event with `user` as who did it is written in the same transaction. Raises
        WithdrawalReasonMissing, NotWithdrawn.
        """
        reason = reason.strip()
        if not 4 <= len(reason) <= LONGEST_REASON:
            raise WithdrawalReasonMissing(
                _t("请写明为什么撤下（4到%(most)d个字），这句话公开，大家打开原来的地址就看得到")
                % {"most": LONGEST_REASON}
            )
        with transaction.atomic():
            found = Page.objects.select_for_update().get(pk=self.pk)
            if not found.live:
                raise NotWithdrawn(_t("这篇网页没有公开，不用撤下；请刷新后再看"))
            if found.get_descendants().live().exists():
                raise NotWithdrawn(_t("栏目里还有公开的网页，请先一篇一篇撤下"))
            self.withdrawal = Withdrawal.objects.create(
                page_id=self.pk, title=found.title[:255], reason=reason, withdrawn_by=user
            )
            self.withdrawn_by = user
            return super().unpublish(*args, user=user, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a draft. Raises PublishedPageKept for what was ever public, as every other way does."""
        keeping.refuse(type(self), self)
        return super().delete(*args, **kwargs)

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Serve what was withdrawn as such: its address goes on saying when and why."""
        if not self.live and not path_components:
            withdrawal = self.withdrawals.order_by("-pk").first()
            if withdrawal is not None:
                return RouteResult(self, kwargs={"withdrawn": withdrawal})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with 410 and the reason where it was withdrawn."""
        withdrawal = kwargs.pop("withdrawn", None)
        if withdrawal is None:
            return super().serve(request, *args, **kwargs)
        context = {"page": self, "trail": self.trail(request), "withdrawal": withdrawal}
        response = TemplateResponse(request, "pages/withdrawn.html", context, status=410)
        response["X-Robots-Tag"] = "noindex, noarchive"
        return response
