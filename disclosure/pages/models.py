"""Wagtail pages of the public site: home, section, notice; policy document and reading stand next door."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from portal import clock
from portal.areas.models import Area, Level

from . import registry
from .moderation import SecondPersonApproval
from .policy_pages import PolicyDocumentPage, PolicyReadingPage
from .public_page import TEXT_FEATURES, PublicPage, SiteRecord, followed
from .records import IndexNumber, PageViews, Withdrawal
from .standing import PolicyChange, Validity, over_on

__all__ = [
    "HomePage",
    "IndexNumber",
    "NoticePage",
    "PageViews",
    "PolicyChange",
    "PolicyDocumentPage",
    "PolicyReadingPage",
    "PublicPage",
    "SecondPersonApproval",
    "SectionPage",
    "SiteRecord",
    "Validity",
    "Withdrawal",
]
PAGE_SIZE = 30
# Counties of a city and towns of a county are fewer; towns of a whole city need not all be read.
AREAS_READ = 200


@followed
class HomePage(PublicPage):
    """The first page: search, what is new, the areas."""

    template = "pages/home.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["disclosure_pages.SectionPage"]
    content_panels = Page.content_panels

    class Meta:
        verbose_name = _("首页")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the page by its whole path: two queries at any depth; Wagtail takes two a level."""
        if not path_components:
            return super().route(request, path_components)
        above, rest = path_components, []
        if len(above) > 2 and above[-2] == "page":
            above, rest = above[:-2], above[-2:]
        found = Page.objects.filter(
            # The slug has an index, the whole path has none.
            slug=above[-1],
            depth=self.depth + len(above),
            url_path=f"{self.url_path}{'/'.join(above)}/",
        ).first()
        if found is None:
            raise Http404
        return found.specific.route(request, rest)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the newest lists, notices and policies, the sections, and the areas below the county."""
        context = super().get_context(request, *args, **kwargs)
        context["lists"] = registry.newest_lists(6)
        context["notices"] = NoticePage.objects.live().order_by("-published_date", "-pk")[:5]
        newest = F("published_date").desc(nulls_last=True)
        policies = PolicyDocumentPage.objects.live().defer("body").exclude(over_on(clock.today()))
        context["policies"] = policies.order_by(newest, "-pk")[:5]
        context["sections"] = SectionPage.objects.live().child_of(self)
        # One query, counties first. One county: its towns are the way in. A city: its counties are.
        wanted = Area.objects.in_force(clock.today()).filter(level__in=[Level.COUNTY, Level.TOWNSHIP])
        areas = [*wanted.order_by("level", "path")[:AREAS_READ]]
        counties = [area for area in areas if area.level == Level.COUNTY]
        context["areas"] = areas[1:] if len(counties) == 1 else counties
        if len(counties) == 1:
            context["area_above"] = counties[0]
        return context


class ColumnType(models.TextChoices):
    """栏目类别 as the inspections of government sites read it (domain.md section 4, S33)."""

    POLICY = "政策文件", _("政策文件")
    READING = "政策解读", _("政策解读")
    NOTICE = "通知公告", _("通知公告")
    NEWS = "工作动态", _("工作动态")
    OPEN = "信息公开", _("信息公开")
    SERVICE = "办事服务", _("办事服务")
    EXCHANGE = "互动交流", _("互动交流")


@followed
class SectionPage(PublicPage):
    """A column: a topic's, or an area's."""

    template = "pages/section.html"
    parent_page_types = ["disclosure_pages.HomePage", "disclosure_pages.SectionPage"]
    subpage_types = [
        "disclosure_pages.SectionPage",
        "disclosure_pages.NoticePage",
        "disclosure_pages.PolicyDocumentPage",
        "disclosure_pages.PolicyReadingPage",
    ]

    intro = models.CharField(_("说明"), max_length=200, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, verbose_name=_("地区"), related_name="sections"
    )
    column_type = models.CharField(
        _("栏目类别"), max_length=10, choices=ColumnType, default=ColumnType.NOTICE
    )
    keywords = models.CharField(
        _("关键词"), max_length=100, blank=True, help_text=_("几个词，中间用分号隔开")
    )
    # An area's column comes with its editor's office (editors.py): nobody types an area over it.
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("column_type"),
        FieldPanel("keywords"),
    ]

    class Meta:
        verbose_name = _("栏目")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Serve page/2/ and so on: paging stands in the path, so that any cache and any phone can keep it."""
        if len(path_components) == 2 and path_components[0] == "page" and path_components[1].isdigit():
            if not self.live:
                raise Http404
            return RouteResult(self, kwargs={"number": int(path_components[1])})
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, number: int = 1, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the column, newest first."""
        context = super().get_context(request, *args, **kwargs)
        dated = ("noticepage", "policydocumentpage", "policyreadingpage")
        entries = (
            Page.objects.live()
            .child_of(self)
            .annotate(
                shown_date=Coalesce(*(f"{page}__published_date" for page in dated)),
                is_over=Case(When(over_on(clock.today(), "policydocumentpage__"), then=True), default=False),
            )
            .order_by(F("shown_date").desc(nulls_last=True), "-pk")
        )
        paginator = Paginator(entries, PAGE_SIZE)
        if not 1 <= number <= paginator.num_pages:
            raise Http404
        context["entries"] = paginator.page(number)
        return context


@followed
class NoticePage(PublicPage):
    """An announcement that is neither a policy nor a list."""

    template = "pages/notice.html"
    parent_page_types = ["disclosure_pages.SectionPage"]
    subpage_types: list[str] = []

    index_number = models.CharField(_("索引号"), max_length=60, blank=True, editable=False)
    published_date = models.DateField(_("发布日期"), default=clock.today)
    source = models.CharField(_("来源"), max_length=80, blank=True)
    body = RichTextField(_("正文"), features=TEXT_FEATURES)
    content_panels = [
        *Page.content_panels,
        FieldPanel("published_date"),
        FieldPanel("source"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("公告")
