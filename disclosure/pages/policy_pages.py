"""Policy documents with their records and citable text, and the readings that explain them."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from portal import clock

from . import citations, document_numbers, index_numbers, turning
from .blocks import CITED, POLICY_BLOCKS
from .errors import IndexNumberTaken
from .public_page import TEXT_FEATURES, PublicPage, followed
from .registry import established_by
from .standing import Effect, PolicyChange, Standing, Validity, standing_of


@followed
class PolicyDocumentPage(PublicPage):
    """A policy document with its record (XC-01, BZ-01, HY-01, XY-01, WZ-01) and its citable text."""

    template = "pages/policy_document.html"
    parent_page_types = ["disclosure_pages.SectionPage"]
    subpage_types: list[str] = []

    index_number = models.CharField(_("索引号"), max_length=60, blank=True)
    theme = models.CharField(_("主题分类"), max_length=80, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    document_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    signed_date = models.DateField(_("成文日期"), null=True, blank=True)
    published_date = models.DateField(_("发布日期"), null=True, blank=True)
    validity = models.CharField(
        _("有效性"),
        max_length=10,
        choices=Validity,
        blank=True,
        help_text=_("文件自己写明的；被别的文件废止、修改的，在那份文件里登记，这里不用改"),
    )
    valid_until = models.DateField(
        _("有效期至"), null=True, blank=True, help_text=_("过了这一天，网页自己写明“已失效”")
    )
    noted_state = models.CharField(max_length=10, blank=True, editable=False)
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
        "valid_until",
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
        MultiFieldPanel(
            [
                FieldPanel(
                    "index_number", help_text=_("留空：第一次公开时按发文机关的样式自动编号，编了不变")
                ),
                *(FieldPanel(name) for name in RECORD[1:]),
            ],
            heading=_("公文要素"),
        ),
        InlinePanel("changes", heading=_("这份文件废止、修改哪些文件"), label=_("一份文件")),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("政策文件")

    def clean(self) -> None:
        """Give new paragraphs their anchors; refuse doubled ones, and the loss of one that was public."""
        super().clean()
        before = PolicyDocumentPage.objects.filter(pk=self.pk).first() if self.pk else None
        self._check_numbers(before)
        self._keep_anchors(before)

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> Any:
        """Publish, and let the documents that this one repeals or amends be known as such."""
        with transaction.atomic():
            done = super().publish(revision, user=user, **kwargs)
            self._tell_older()
        return done

    def unpublish(self, *args: Any, user: Any = None, reason: str = "", **kwargs: Any) -> Any:
        """Withdraw; what a withdrawn document repealed or amended stands as it stood before."""
        with transaction.atomic():
            done = super().unpublish(*args, user=user, reason=reason, **kwargs)
            self._tell_older()
        return done

    def _tell_older(self) -> None:
        for change in PolicyChange.objects.filter(newer=self.pk):
            turning.note(change.older_id)

    def _check_numbers(self, before: "PolicyDocumentPage | None") -> None:
        number = self.document_number
        # What an import read stays as printed.
        as_printed = self.source_digest and (before is None or before.document_number == number)
        if number and not as_printed:
            wrong = document_numbers.complaint(number, self.signed_date, clock.today().year)
            others = PolicyDocumentPage.objects.filter(document_number=number, issuer=self.issuer)
            if wrong is None and others.exclude(pk=self.pk).exists():
                wrong = _t("“%(number)s”已经有一份文件用了，请核对") % {"number": number}
            if wrong:
                raise ValidationError({"document_number": wrong})
        if self.index_number:
            try:
                index_numbers.refuse_taken(self.index_number, self.pk)
            except IndexNumberTaken as error:
                raise ValidationError({"index_number": str(error)}) from error

    def _cited(self) -> list[Any]:
        return [block for block in self.body if block.block_type in CITED]

    def _keep_anchors(self, before: "PolicyDocumentPage | None") -> None:
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
        """Return the anchor of the paragraph cited as `label` (brackets of either kind), or None."""
        wanted = citations.normal_label(label)
        for block in self._cited():
            if wanted and citations.normal_label(block.value["label"] or "") == wanted:
                return str(block.value["anchor"])
        return None

    def standing(self) -> Standing:
        """Return how the document stands today, by its own words, its last day and other documents."""
        return standing_of(self, clock.today(), self._related())

    def _related(self) -> list[PolicyChange]:
        """Return what repeals or amends this document, and what it does to others, among public ones."""
        if not self.pk:
            return []
        related = Q(newer=self.pk, older__live=True) | Q(older=self.pk, newer__live=True)
        return list(PolicyChange.objects.filter(related).select_related("newer", "older"))

    def mark(self) -> str:
        """Return what a reader must know before reading on, such as 废止; empty for a valid document."""
        standing = self.standing()
        return str(Validity(standing.state).label) if standing.marked else ""

    def record(self, standing: Standing | None = None) -> list[tuple[str, Any]]:
        """Return the record's fields that the document states, with their labels, in the page's order."""
        state = (standing or self.standing()).words
        pairs = []
        for name in self.RECORD:
            value = state if name == "validity" else getattr(self, name)
            if value not in ("", None):
                pairs.append((self._meta.get_field(name).verbose_name, value))
        return pairs

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the readings, what it established, how it stands, and what it repeals or amends."""
        context = super().get_context(request, *args, **kwargs)
        context["readings"] = self.readings.live() if self.pk else []
        context["established"] = established_by(self.pk) if self.pk else []
        related = self._related()
        context["standing"] = standing = standing_of(self, clock.today(), related)
        context["facts"] = self.record(standing)
        own = sorted((one for one in related if one.newer_id == self.pk), key=PolicyChange.day)
        context["changes"] = [(change, Effect(change.effect).label) for change in own]
        return context


def _fresh_anchor(block: Any) -> str:
    """Return the anchor that the block's label asks for; without one, one that stays free."""
    return citations.anchor_of(block.value["label"] or "") or f"x-{str(block.id or uuid.uuid4())[:8]}"


@followed
class PolicyReadingPage(PublicPage):
    """A plain-words reading (政策解读) of one policy document."""

    template = "pages/policy_reading.html"
    parent_page_types = ["disclosure_pages.SectionPage"]
    subpage_types: list[str] = []

    policy = models.ForeignKey(
        PolicyDocumentPage, models.PROTECT, related_name="readings", verbose_name=_("解读的政策文件")
    )
    index_number = models.CharField(_("索引号"), max_length=60, blank=True, editable=False)
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
