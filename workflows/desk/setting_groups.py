"""Settings by what they are about, and found by a word: two hundred in one row nobody reads."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.keys import Key
from workflows.engine import catalogue

# By the first word of the key, in the order in which they are shown; flows stand first, each by its name.
SUBJECTS: tuple[tuple[Any, frozenset[str]], ...] = (
    # Settings of programmes, whose keys begin like those of a flow.
    (gettext_lazy("项目资金"), frozenset({"flow"})),
    (gettext_lazy("救助、变更和退出"), frozenset({"aid", "changes", "exit"})),
    (gettext_lazy("四议和民主评议"), frozenset({"deliberation"})),
    (gettext_lazy("公示和异议"), frozenset({"publicity", "posting", "objection"})),
    (gettext_lazy("来访申请和告知书"), frozenset({"request", "notice"})),
    (gettext_lazy("期限和日历"), frozenset({"deadline", "calendar"})),
    (gettext_lazy("户档、个人信息和回避"), frozenset({"registry", "reveal", "recusal", "import"})),
    (
        gettext_lazy("抽查、整改和考核"),
        frozenset({"spotcheck", "rectification", "assessment", "radar", "supervision"}),
    ),
    (gettext_lazy("工作台"), frozenset({"desk"})),
    (
        gettext_lazy("网站和公开目录"),
        frozenset({"catalogue", "pages", "contact", "errata", "site", "opendata"}),
    ),
    (gettext_lazy("账号、文件和消息"), frozenset({"people", "signin", "files", "outbox"})),
)
LONGEST_WORD = 40
# So many stand open; more are folded by subject.
OPEN = 12


def subject_of(key: Key) -> str:
    """Return what a key is about, in words."""
    first, _dot, rest = key.name.partition(".")
    if first == "flow":
        named = {flow.key: flow.name for flow in catalogue.all_flows()}
        if name := named.get(rest.partition(".")[0]):
            return _("流程：%(name)s") % {"name": name}
    return next((str(title) for title, words in SUBJECTS if first in words), _("其他"))


def matching(rows: Sequence[dict[str, Any]], word: str) -> list[dict[str, Any]]:
    """Return the rows whose name, value in words or source holds `word`; all of them without one."""
    word = word.replace("\x00", "").strip()[:LONGEST_WORD].lower()
    return [
        row for row in rows if word in f"{row['one'].key.label} {row['words']} {row['one'].source}".lower()
    ]


def by_subject(rows: Sequence[dict[str, Any]], *, unfold: bool) -> list[dict[str, Any]]:
    """Return `rows` in groups with their titles, flows first; folded where they are many, unless `unfold`."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(subject_of(row["one"].key), []).append(row)
    known = [str(title) for title, _words in SUBJECTS]
    flows = sorted(title for title in groups if title not in known and title != _("其他"))
    order = [*flows, *known, _("其他")]
    return [
        {"title": title, "rows": groups[title], "open": unfold or len(rows) <= OPEN}
        for title in order
        if title in groups
    ]
