"""Wagtail pages of the public site: home, section, notice, policy document, reading; and the site's footer."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult

from portal import clock
from portal.areas.models import Area, Level

from . import citations, registry
from .blocks import CITED, POLICY_BLOCKS

TEXT_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link"]
PAGE_SIZE = 30


@register_setting
class SiteRecord(BaseSiteSetting):
    """Facts of the public site's footer. What is not known stays empty and is shown as still to be filled in."""

    sponsor = models.CharField(_("主办单位"), max_length=80, blank=True)
    operator = models.CharField(_("承办单位"), max_length=80, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    site_code = models.CharField(_("网站标识码"), max_length=20, blank=True)
    icp = models.CharField(_("备案号"), max_length=60, blank=True)
    police = models.CharField(_("公安备案号"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("网站信息")

    @classmethod
    def current(cls) -> "SiteRecord":
        """Return the default site's record, or an empty one that is not stored; a GET changes nothing."""
        record = cls.objects.select_related("site").filter(site__is_default_site=True).first()
        return record or cls(site=Site.objects.filter(is_default_site=True).first())

    @property
    def county(self) -> str:
        """Return the name that stands beside the brand on every page."""
        return self.site.site_name if self.site_id else ""


class PublicPage(Page):
    """What all public pages share: the way back, the column, and an event for each publication."""

    # A public page is the same for whoever asks: the editor offers no way to close one (design.md rule 14).
    private_page_options: list[str] = []

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> Any:
        """Return restrictions set by other ways than the editor, in one query; aliases are not made here."""
        above = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(page__path__in=above)

    def trail(self, request: HttpRequest) -> list[Page]:
        """Return the pages above this one, from the home page down; the home page is the site's, already read."""
        if self.depth <= 2:
            return []
        site = Site.find_for_request(request)
        if site is None or self.path[: site.root_page.steplen * 2] != site.root_page.path:
            return list(self.get_ancestors().filter(depth__gt=1))
        between = self.get_ancestors().filter(depth__gt=2) if self.depth > 3 else []
        return [site.root_page, *between]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages above this one, and the column it stands in."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["trail"] = self.trail(request)
        context["column"] = context["trail"][-1] if context["trail"] else None
        return context

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> Any:
        """Publish `revision` and write the event in the same transaction."""
        with transaction.atomic():
            return super().publish(revision, user=user, **kwargs)


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
        """Find the page by its whole path: two queries at any depth, where Wagtail takes two for each level."""
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
        """Add the newest lists, notices and policies, the sections, and the areas one level below the county."""
        context = super().get_context(request, *args, **kwargs)
        context["lists"] = registry.newest_lists(6)
        context["notices"] = NoticePage.objects.live().order_by("-published_date", "-pk")[:5]
        newest = F("published_date").desc(nulls_last=True)
        context["policies"] = PolicyDocumentPage.objects.live().defer("body").order_by(newest, "-pk")[:5]
        context["sections"] = SectionPage.objects.live().child_of(self)
        today = clock.today()
        areas = Area.objects.in_force(today)
        counties = list(areas.filter(level=Level.COUNTY).order_by("path")[:2])
        # One county: its towns are the way in. A city: its counties are.
        if len(counties) == 1:
            context["areas"] = areas.filter(level=Level.TOWNSHIP, path__startswith=counties[0].path).order_by(
                "path"
            )
            context["area_above"] = counties[0]
        else:
            context["areas"] = areas.filter(level=Level.COUNTY).order_by("path") if counties else []
        return context


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
    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("area")]

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
            .annotate(shown_date=Coalesce(*(f"{page}__published_date" for page in dated)))
            .order_by(F("shown_date").desc(nulls_last=True), "-pk")
        )
        paginator = Paginator(entries, PAGE_SIZE)
        if not 1 <= number <= paginator.num_pages:
            raise Http404
        context["entries"] = paginator.page(number)
        return context


class NoticePage(PublicPage):
    """An announcement that is neither a policy nor a list."""

    template = "pages/notice.html"
    parent_page_types = ["disclosure_pages.SectionPage"]
    subpage_types: list[str] = []

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


class Validity(models.TextChoices):
    """有效性 of a policy document; empty where the document does not say."""

    VALID = "valid", _("有效")
    AMENDED = "amended", _("已修改")
    EXPIRED = "expired", _("失效")
    REPEALED = "repealed", _("废止")


class PolicyDocumentPage(PublicPage):
    """A policy document with its record (XC-01, BZ-01, HY-01, XY-01, WZ-01) and its text in citable paragraphs."""

    template = "pages/policy_document.html"
    parent_page_types = ["disclosure_pages.SectionPage"]
    subpage_types: list[str] = []

    index_number = models.CharField(_("索引号"), max_length=60, blank=True)
    theme = models.CharField(_("主题分类"), max_length=80, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    document_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    signed_date = models.DateField(_("成文日期"), null=True, blank=True)
    published_date = models.DateField(_("发布日期"), null=True, blank=True)
    validity = models.CharField(_("有效性"), max_length=10, choices=Validity, blank=True)
    recipients = models.TextField(_("主送"), blank=True)
    cc = models.TextField(_("抄送"), blank=True)
    source = models.CharField(_("来源"), max_length=80, blank=True)
    sponsor = models.CharField(_("主办"), max_length=80, blank=True)
    supervising_office = models.CharField(_("督办"), max_length=80, blank=True)
    printed_by = models.CharField(_("印发机关"), max_length=80, blank=True)
    printed_date = models.DateField(_("印发日期"), null=True, blank=True)
    body = StreamField(POLICY_BLOCKS, verbose_name=_("正文"), blank=True)
    source_digest = models.CharField(
        _("来源文件的SHA-256"), max_length=64, null=True, blank=True, unique=True, editable=False
    )

    RECORD = (
        "index_number",
        "theme",
        "issuer",
        "signed_date",
        "document_number",
        "published_date",
        "validity",
        "recipients",
        "cc",
        "source",
        "sponsor",
        "supervising_office",
        "printed_by",
        "printed_date",
    )
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel(name) for name in RECORD], heading=_("公文要素")),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("政策文件")

    def clean(self) -> None:
        """Give new paragraphs their anchors; refuse doubled ones, and the loss of one that was public."""
        super().clean()
        self._keep_anchors()

    def _cited(self) -> list[Any]:
        return [block for block in self.body if block.block_type in CITED]

    def _keep_anchors(self) -> None:
        before = PolicyDocumentPage.objects.filter(pk=self.pk).first() if self.pk else None
        old = {block.id: block.value["anchor"] for block in before._cited()} if before else {}
        taken: set[str] = set(old.values())
        seen: set[str] = set()
        for block in self._cited():
            # The block's own anchor comes back whatever was typed over it: programmes point to it.
            anchor = old.get(block.id) or block.value["anchor"] or ""
            if not anchor:
                anchor = citations.unique(_fresh_anchor(block), taken)
            if anchor in seen:
                raise ValidationError(
                    {"body": _t("锚点“%(anchor)s”用了两次；留空，系统会编好") % {"anchor": anchor}}
                )
            seen.add(anchor)
            taken.add(anchor)
            block.value["anchor"] = anchor
        lost = sorted(set(old.values()) - seen)
        if before and before.first_published_at and lost:
            raise ValidationError(
                {
                    "body": _t("已经公开的段落不能删去（%(lost)s）：可以改它的文字，并写明何时删改")
                    % {"lost": "、".join(lost)}
                }
            )

    def anchors(self) -> set[str]:
        """Return the anchors of all paragraphs that can be cited."""
        return {str(block.value["anchor"]) for block in self._cited()}

    def paragraph(self, anchor: str) -> Any | None:
        """Return the value (number, label, anchor, text) of the heading or paragraph at `anchor`, or None."""
        return next((block.value for block in self._cited() if block.value["anchor"] == anchor), None)

    def cite(self, label: str) -> str | None:
        """Return the anchor of the paragraph cited as `label` (brackets and commas of either kind), or None."""
        wanted = citations.normal_label(label)
        for block in self._cited():
            if wanted and citations.normal_label(block.value["label"] or "") == wanted:
                return str(block.value["anchor"])
        return None

    def record(self) -> list[tuple[str, Any]]:
        """Return the record's fields that the document states, with their labels, in the order of the page."""
        pairs = []
        for name in self.RECORD:
            value = getattr(self, name)
            if value not in ("", None):
                field = self._meta.get_field(name)
                pairs.append(
                    (field.verbose_name, self.get_validity_display() if name == "validity" else value)
                )
        return pairs

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the published readings of this policy: the two point to each other."""
        context = super().get_context(request, *args, **kwargs)
        context["readings"] = self.readings.live() if self.pk else []
        return context


def _fresh_anchor(block: Any) -> str:
    """Return the anchor that the block's label asks for; without a label one that no later paragraph can get."""
    return citations.anchor_of(block.value["label"] or "") or f"x-{str(block.id or uuid.uuid4())[:8]}"


class PolicyReadingPage(PublicPage):
    """A plain-words reading (政策解读) of one policy document."""

    template = "pages/policy_reading.html"
    parent_page_types = ["disclosure_pages.SectionPage"]
    subpage_types: list[str] = []

    policy = models.ForeignKey(
        PolicyDocumentPage, models.PROTECT, related_name="readings", verbose_name=_("解读的政策文件")
    )
    published_date = models.DateField(_("发布日期"), default=clock.today)
    source = models.CharField(_("来源"), max_length=80, blank=True)
    body = RichTextField(_("正文"), features=TEXT_FEATURES)
    content_panels = [
        *Page.content_panels,
        FieldPanel("policy"),
        FieldPanel("published_date"),
        FieldPanel("source"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("政策解读")
