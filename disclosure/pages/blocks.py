"""Blocks of a policy document's text: what can be cited, and what stands around it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class Part(models.TextChoices):
    """What stands around the text proper; it is kept, shown apart, and never cited."""

    FRAME = "frame", _("网页上的其他文字")
    LETTERHEAD = "letterhead", _("版头")
    SIGNATURE = "signature", _("落款")
    IMPRINT = "imprint", _("版记")


class CitedBlock(blocks.StructBlock):
    """A numbered or unnumbered piece of the text with its anchor."""

    number = blocks.CharBlock(
        required=False, max_length=20, label=_("序号"), help_text=_("照原文，如“（四）”")
    )
    label = blocks.CharBlock(required=False, max_length=60, label=_("引用名"), help_text=_("如“二（四）1”"))
    anchor = blocks.CharBlock(
        required=False,
        max_length=60,
        label=_("锚点"),
        help_text=_("留空由系统编好；公开以后不再改变"),
    )


class HeadingBlock(CitedBlock):
    """A heading; `level` 2 stands directly below the page's title."""

    level = blocks.IntegerBlock(min_value=2, max_value=4, default=2, label=_("级别"))
    text = blocks.CharBlock(label=_("标题"))

    class Meta:
        icon = "title"
        label = _("小标题")
        template = "pages/blocks/heading.html"


class ParagraphBlock(CitedBlock):
    """A paragraph; a heading that runs into its paragraph stays in it, as printed."""

    text = blocks.TextBlock(rows=4, label=_("正文"))

    class Meta:
        icon = "pilcrow"
        label = _("段落")
        template = "pages/blocks/paragraph.html"


class AroundBlock(blocks.StructBlock):
    """Letterhead, signature, imprint or a web page's frame, line by line as in the source."""

    part = blocks.ChoiceBlock(choices=Part.choices, label=_("位置"))
    text = blocks.TextBlock(rows=2, label=_("原文"))

    class Meta:
        icon = "doc-empty"
        label = _("版头、落款、版记")
        template = "pages/blocks/around.html"


POLICY_BLOCKS: list[tuple[str, Any]] = [
    ("heading", HeadingBlock()),
    ("paragraph", ParagraphBlock()),
    ("around", AroundBlock()),
]
CITED = ("heading", "paragraph")
