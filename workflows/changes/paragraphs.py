"""The paragraph of a policy document that a flow rests on: typed as number and paragraph, kept as an address.

From the yuan to the paragraph leads one link, on notices, lists and the desk. A county that has named none
keeps its words alone.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from disclosure.pages import document_numbers
from disclosure.pages.models import PolicyDocumentPage
from disclosure.site.elder import PREFIX

# As long as a notice keeps it.
LONGEST = 200
_CITED = re.compile(r"\s*(?P<number>.*?号)\s*(?P<label>.+?)\s*")


def address_of(typed: Any) -> Any:
    """Return the path of the paragraph that is `typed` as “文号 段号” or as an address of this site.

    What is neither comes back as it is, for `complaint` to say why.
    """
    if not isinstance(typed, str):
        return typed
    if own := _own_path(typed):
        return own
    if match := _CITED.fullmatch(typed):
        page = _numbered(match["number"])
        anchor = page.cite(match["label"]) if page else None
        if page and anchor:
            return f"{_path(page)}#{anchor}"
    return typed.strip()


def complaint(value: Any) -> str | None:
    """Return what is wrong with `value` as the address of a paragraph, None where it is one or empty."""
    if value == "":
        return None
    typed = value if isinstance(value, str) and len(value) <= LONGEST else ""
    if match := _CITED.fullmatch(typed):
        page = _numbered(match["number"])
        if page is None:
            return _("没有已发布的政策文件是“%(number)s”，请核对文号") % {"number": match["number"]}
        told = {"title": page.title, "label": match["label"]}
        return _("《%(title)s》里没有“%(label)s”这一段，请核对段号，比如“二、（一）”") % told
    path, _sign, anchor = _own_path(typed).partition("#")
    slug = path.rstrip("/").rpartition("/")[2]
    for page in PolicyDocumentPage.objects.live().filter(slug=slug) if slug else ():
        if _path(page) == path and anchor in page.anchors():
            return None
    return _("要填一份已发布的政策文件的文号和段号，比如“枫政办〔2026〕8号 二、（一）”")


def _own_path(address: str) -> str:
    parts = urlsplit(address.strip())
    path = re.sub(f"^/{PREFIX}", "/", parts.path)
    return f"{path}#{parts.fragment}" if path.startswith("/") and parts.fragment else ""


def _numbered(number: str) -> PolicyDocumentPage | None:
    printed = document_numbers.normal(number) or number
    return PolicyDocumentPage.objects.live().filter(document_number=printed).first()


def _path(page: PolicyDocumentPage) -> str:
    parts = page.get_url_parts()
    return str(parts[2]) if parts else ""
