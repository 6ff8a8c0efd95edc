"""What each audience sees of a list's row: the web less than the board, the board less than the file."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .kinds import KINDS, Content


class Audience(TextChoices):
    """Who reads: anyone on the web, the village before its board, or whoever takes the data away.

    What was taken away outlives every period, so data hold only what may stay on the web for good.
    """

    WEB = "web", _("网上")
    BOARD = "board", _("村公开栏")
    DATA = "data", _("开放数据")


# What a row may show, and of its reason; everything else of a case stays in the file.
SHOWN = ("group", "item", "amount_fen", "note", "reduced_fen", "why", "effect")
WHY = ("text", "source_label", "source_url", "level")


def public_row(
    audience: Audience,
    shown: Mapping[str, Any],
    *,
    name: str = "",
    masked_name: str = "",
    names: bool,
    content: str = Content.APPLICATIONS,
) -> dict[str, Any]:
    """Return the row as `audience` may see it: `name` and the keys that `content` shows, nothing else.

    `names` says whether the list carries names today (its programme allows them and its period runs);
    without it no audience sees one. On the web a name is masked, on the board it stands whole, in data never.
    Amounts are fen. Source: design.md rule 8, domain.md section 3 (default public row).
    """
    kind = KINDS[content]
    allowed = {Audience.BOARD: kind.board, Audience.WEB: kind.web, Audience.DATA: kind.stays}[audience]
    row = {key: shown[key] for key in allowed if key in shown}
    why = shown.get("why") or {}
    row["why"] = {key: why[key] for key in WHY if key in why}
    if not names or not kind.names or audience == Audience.DATA:
        row["name"] = ""
    else:
        row["name"] = name if audience == Audience.BOARD else masked_name
    return row
