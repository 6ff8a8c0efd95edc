"""Reads gettext catalogues, and names the texts of a package that nobody has put into Chinese.

From the root of the project: ``.venv/bin/python -m tests.portal.locale.catalogues`` lists what is missing.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from gettext import GNUTranslations
from importlib.util import find_spec
from pathlib import Path

OURS = Path(__file__).resolve().parents[3] / "portal" / "locale" / "zh_Hans" / "LC_MESSAGES"
# The packages whose texts officials and editors may meet, each with its catalogues.
PACKAGES = {
    "django": [
        "wagtail",
        "wagtail.admin",
        "wagtail.images",
        "wagtail.documents",
        "wagtail.embeds",
        "wagtail.search",
        "wagtail.users",
        "wagtail.snippets",
        "wagtail.contrib.settings",
        "django.conf",
        "django.contrib.auth",
        "django.contrib.humanize",
        "allauth",
        "taggit",
    ],
    "djangojs": ["wagtail.admin"],
}
_LINE = re.compile(r'^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?) )?(".*")$')
# Names in a text that are filled in, and the marks of HTML.
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sdr]|\{\w*\}|</?\w[^>]*>")


@dataclass(frozen=True)
class Entry:
    """One text of a catalogue: the key as gettext keeps it, its plural, its translations by form."""

    key: str
    plural: str
    forms: tuple[str, ...]
    fuzzy: bool = False

    @property
    def text(self) -> str:
        """Return the English text without its context."""
        return self.key.rpartition("\x04")[2]


def entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of the `.po` file at `path`, its header and retired entries left out."""
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        parts: dict[str, str] = {}
        name = ""
        fuzzy = False
        for line in block.splitlines():
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            if found := _LINE.match(line):
                name = found[1] or name
                parts[name] = parts.get(name, "") + ast.literal_eval(found[2])
        if not parts.get("msgid"):
            continue
        key = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
        forms = tuple(text for part, text in sorted(parts.items()) if part.startswith("msgstr"))
        yield Entry(key, parts.get("msgid_plural", ""), forms, fuzzy)


def compiled(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the key and the forms of every text of the `.mo` file at `path`."""
    with path.open("rb") as file:
        catalogue = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    forms: dict[str, dict[int, str]] = {}
    for key, text in catalogue.items():
        name, number = key if isinstance(key, tuple) else (key, 0)
        if name:
            forms.setdefault(name, {})[number] = text
    return {name: tuple(text for _, text in sorted(found.items())) for name, found in forms.items()}


def placeholders(text: str) -> list[str]:
    """Return what a translation must carry over from `text`: names filled in and HTML marks, sorted."""
    return sorted(set(_PLACEHOLDER.findall(text)))


def catalogue(package: str, language: str, domain: str) -> Path:
    """Return the `.po` file that `package` brings with it."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None, package
    return Path(spec.origin).parent / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def translated(paths: Iterable[Path]) -> set[str]:
    """Return the keys that the catalogues at `paths` hold a full, reviewed translation of."""
    return {
        entry.key
        for path in paths
        if path.exists()
        for entry in entries(path)
        if entry.forms and all(entry.forms) and not entry.fuzzy
    }


def missing(domain: str) -> dict[str, list[str]]:
    """Return, by package, the English texts that neither it nor any other catalogue has in Chinese."""
    packages = PACKAGES[domain]
    known = translated([OURS / f"{domain}.po"] + [catalogue(name, "zh_Hans", domain) for name in packages])
    return {
        name: [entry.text for entry in entries(catalogue(name, "en", domain)) if entry.key not in known]
        for name in packages
    }


if __name__ == "__main__":
    for domain in PACKAGES:
        for package, texts in missing(domain).items():
            for text in texts:
                print(f"{domain} {package}: {text!r}")
