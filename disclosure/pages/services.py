"""The site's tree, imports of policy documents, and what other rooms may ask of a policy: its citations."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from portal.ledger import written
from portal.ledger.services import Draft, append
from portal.people.models import User

from .models import ColumnType, HomePage, PolicyDocumentPage, SectionPage, SiteRecord
from .moderation import ensure_workflow
from .policy_text import RECORD, ParsedPolicy, parse

POLICIES, NOTICES, READINGS = "policies", "notices", "readings"
SECTIONS = {
    POLICIES: "政策文件",
    NOTICES: "公告",
    READINGS: "政策解读",
}
COLUMN_TYPES = {
    POLICIES: ColumnType.POLICY,
    NOTICES: ColumnType.NOTICE,
    READINGS: ColumnType.READING,
}


class CitationNotFound(LookupError):
    """No published policy has the paragraph that was cited."""


@dataclass(frozen=True)
class Citation:
    """A paragraph of a published policy, as a programme or a list shows it."""

    page_id: int
    anchor: str
    label: str
    text: str
    title: str
    document_number: str
    url: str


@dataclass(frozen=True)
class Import:
    """What became of one file. `created` is False where `page` stood before."""

    page: PolicyDocumentPage
    created: bool
    parsed: ParsedPolicy


def ensure_site(county_name: str) -> HomePage:
    """Make the home page, its sections and Wagtail's site where they are missing; twice changes nothing.

    `county_name` stands beside the brand; an empty one leaves the name that is there.
    """
    with transaction.atomic():
        home = HomePage.objects.order_by("pk").first() or _first_home()
        site = Site.objects.filter(is_default_site=True).first() or Site(
            hostname="localhost", is_default_site=True
        )
        wanted = county_name or site.site_name
        if not site.pk or site.root_page_id != home.pk or site.site_name != wanted:
            site.root_page, site.site_name = home, wanted
            site.save()
        SiteRecord.objects.get_or_create(site=site)
        _drop_welcome_page(home)
        home.refresh_from_db()
        for slug, title in SECTIONS.items():
            if not SectionPage.objects.child_of(home).filter(slug=slug).exists():
                kind = COLUMN_TYPES[slug]
                home.add_child(instance=SectionPage(title=title, slug=slug, column_type=kind))
                home.refresh_from_db()
        ensure_workflow(home)
        # It came with the database, before there were events: the next one names it.
        written.note(home, made=True)
    return home


def _first_home() -> HomePage:
    root = Page.get_first_root_node()
    # Wagtail's welcome page has the slug "home" until it is dropped.
    home: HomePage = root.add_child(instance=HomePage(title=_("首页"), slug="first-page"))
    return home


def _drop_welcome_page(home: HomePage) -> None:
    for page in Page.objects.filter(depth=2, slug="home", numchild=0).exclude(pk=home.pk):
        if page.specific_class is Page:
            page.delete()


def section(slug: str) -> SectionPage:
    """Return the section POLICIES, NOTICES or READINGS, made if it is missing."""
    home = ensure_site("")
    found: SectionPage = SectionPage.objects.child_of(home).get(slug=slug)
    return found


def import_policy(path: Path, *, publish: bool = False, user: User | None = None) -> Import:
    """Make a policy page of the plain-text file at `path`; a file that was imported before gives its page.

    `publish` publishes it, also where an earlier import left a draft. Raises policy_text.TextLost where the
    text would not be kept whole, UnicodeDecodeError where the file is neither UTF-8 nor GB 18030.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    parsed = parse(decoded(content))
    with transaction.atomic():
        page = PolicyDocumentPage.objects.filter(source_digest=digest).first()
        created = page is None
        if page is None:
            page = _new_policy(parsed, digest, path.stem)
        revision = None
        if created:
            revision = page.save_revision(user=user)
            append(Draft("policy.imported", "policy", str(page.pk), actor=user, body={"sha256": digest}))
        if publish and not page.live:
            (revision or page.get_latest_revision()).publish(user=user)
            page.refresh_from_db()
    return Import(page, created, parsed)


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8 or, as older offices save it, GB 18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _new_policy(parsed: ParsedPolicy, digest: str, name: str) -> PolicyDocumentPage:
    above = section(POLICIES)
    page = PolicyDocumentPage(
        # A page needs a title; where the text has none, the file's name says what it stands for.
        title=(parsed.title or name)[:255],
        slug=_free_slug(above, parsed, digest),
        live=False,
        source_digest=digest,
        **{field: getattr(parsed, field) for field in RECORD if field != "title"},
    )
    page.body = [
        ("around", {"part": piece.part, "text": piece.text})
        if piece.kind == "around"
        else (piece.kind, _cited(piece))
        for piece in parsed.blocks
    ]
    added: PolicyDocumentPage = above.add_child(instance=page)
    return added


def _cited(piece: object) -> dict[str, object]:
    names = ["number", "label", "anchor", "text"]
    value = {name: getattr(piece, name) for name in names}
    if getattr(piece, "kind", "") == "heading":
        value["level"] = getattr(piece, "level", 2)
    return value


def _free_slug(above: SectionPage, parsed: ParsedPolicy, digest: str) -> str:
    """Return year-number (2017-33) where the document has a number, else the year and the file's digest."""
    digits = "".join(c if c.isdecimal() else " " for c in parsed.document_number).split()
    slug = "-".join(digits) if len(digits) == 2 else digest[:8]
    taken = SectionPage.objects.none() if not above.pk else Page.objects.child_of(above)
    return f"{slug}-{digest[:4]}" if taken.filter(slug=slug).exists() else slug


def citation(page_id: int, anchor: str) -> Citation:
    """Return the paragraph at `anchor` of a published policy. Raises CitationNotFound."""
    page = PolicyDocumentPage.objects.live().filter(pk=page_id).first()
    value = page.paragraph(anchor) if page else None
    if page is None or value is None:
        raise CitationNotFound(
            _("找不到引用的政策段落；请先公开这份政策文件，再按“二（四）”这样的序号选段落")
        )
    return Citation(
        page_id=page.pk,
        anchor=anchor,
        label=value["label"] or "",
        text=value["text"],
        title=page.title,
        document_number=page.document_number,
        url=f"{page.url or ''}#{anchor}",
    )


def cite(page_id: int, label: str) -> Citation:
    """Return the paragraph cited as `label`, such as 四（二）. Raises CitationNotFound."""
    page = PolicyDocumentPage.objects.live().filter(pk=page_id).first()
    return citation(page_id, (page.cite(label) if page else None) or "")
