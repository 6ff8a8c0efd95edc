"""The whole demo: public pages tell nothing of people, and no row of it changes past the ledger unseen."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.urls import reverse
from wagtail.models import Page as WagtailPage

from disclosure.masking.services import mask_name
from disclosure.publicity.models import ListRow, ListState, Objection, PublicList
from disclosure.publicity.period import names_visible
from disclosure.publicity.public import has_rows
from disclosure.publicity.services import lodge
from disclosure.site.aloud import SCRIPT
from portal import clock
from portal.areas.models import Area
from portal.ledger import written
from portal.people.models import Office, User
from workflows.demo.loading import load_demo
from workflows.demo.names import bank_card, id_number, phone
from workflows.engine.models import Batch, Case
from workflows.programmes.models import Programme
from workflows.registry.models import Household, Member

from .tampering import Tamperer, tables, unseen
from .walking import LARGEST_PAGE, MOST_QUERIES, Page, get, numbers_in, walk

pytestmark = pytest.mark.django_db
OBJECTOR, OBJECTOR_PHONE = "欧阳问天", "19900009999"
# Pages whose content is for one reader, or of people: no search engine takes them up.
NO_INDEX = re.compile(r"^/(?:da/)?(?:lists/|receipts/|search/)")
LIST_PAGE = re.compile(r"^/(?:da/)?lists/([\w-]+)/(?:\d+/)?$")


# Wagtail's own columns of a page: where it hangs, how it is edited, what its log tells of.
OF_PAGES = frozenset(
    {"alias_of", "content_type", "depth", "draft_title", "expire_at", "expired", "first_published_at"}
    | {"go_live_at", "has_unpublished_changes", "last_published_at", "latest_revision", "live_revision"}
    | {"latest_revision_created_at", "locked", "locked_at", "locked_by", "numchild", "owner", "path"}
    | {"noted_state", "redactions", "show_in_menus", "translation_key", "url_path", "locale"}
)
# Columns whose change is no act, and that nobody notices.
LEFT_OUT = {
    "portal_areas.area": {"numchild"},
    "portal_people.office": {"announced"},
    # No loaded account is ever a superuser; who still has the flag is named by `compare_offices`.
    "portal_people.user": {"last_login", "is_superuser"},
    "disclosure_publicity.objection": {"submission"},
    "disclosure_publicity.outage": {"applied_at"},
    "workflows_deadlines.stay": {"next_on"},
    "workflows_engine.case": {"batch"},
    "workflows_requests.helprequest": {"submission", "next_on"},
    "workflows_spotchecks.spotcheck": {"draw_event"},
}


class Kept(logging.Handler):
    """Keeps every line that is logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def logged() -> Iterator[list[str]]:
    """Yield the lines that the project's own handler would write while the demo is loaded and walked."""
    kept = Kept()
    root = logging.getLogger()
    for handler in root.handlers:
        if handler.__class__.__module__.startswith(("logging", "portal")) and handler.formatter:
            kept.setFormatter(handler.formatter)
            for one in handler.filters:
                kept.addFilter(one)
            break
    root.addHandler(kept)
    yield kept.lines
    root.removeHandler(kept)


@pytest.fixture(scope="module")
def demo(own_database: None, logged: list[str]) -> None:
    """Load the whole demo once, with an objection that tells who says it."""
    load_demo(clock.now())
    running = PublicList.objects.filter(state=ListState.RUNNING, kind="application").first()
    assert running is not None
    lodge(list_id=running.pk, text=f"我是{OBJECTOR}，这家没有建", contact=f"{OBJECTOR} {OBJECTOR_PHONE}")


@pytest.fixture(scope="module")
def pages(demo: None, django_db_blocker: object) -> list[Page]:
    """Return every public page: all that links lead to, and all lists, areas, programmes, forms by name."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        start = ["/", "/areas/", "/programmes/", "/receipts/", "/search/", "/verify/"]
        # As a browser sends it: the test client makes other letters of bare Chinese ones.
        start += [f"/search/?{urlencode({'q': words})}" for words in ("奖补", "禾坪", "公告")]
        start += ["/no/such/page/", "/lists/none/", "/areas/000000000000/"]
        start += [f"/areas/{code}/" for code in Area.objects.values_list("code", flat=True)]
        start += [f"/programmes/{slug}/" for slug in Programme.objects.values_list("slug", flat=True)]
        for listed in PublicList.objects.all():
            start += [f"/lists/{listed.number}/", f"/lists/{listed.number}/object/"]
            # Where no names are allowed no row is shown, and none has a page.
            shown = listed.rows.all()[:2] if has_rows(listed) else []
            start += [f"/lists/{listed.number}/object/{row.position}/" for row in shown]
        # Elder mode is reached by its link on every page.
        return list(walk(start))


def _full_names() -> set[str]:
    members = {member.name for member in Member.objects.all()}
    return members | {household.head_name for household in Household.objects.all()}


def _numbers() -> set[str]:
    """Return every ID, telephone and card number of the register."""
    known = {member.id_number for member in Member.objects.all()}
    return known | {text for one in Household.objects.all() for text in (one.phone, one.bank_card)}


def _objections_posted() -> list[Page]:
    """Return what the forms of the public answer: done, refused, and a receipt."""
    cache.clear()
    listed = PublicList.objects.filter(state=ListState.RUNNING).order_by("pk")[0]
    form = reverse("object", args=[listed.number])
    client = Client()
    answers = [
        client.post(form, {"text": f"我叫{OBJECTOR}", "contact": OBJECTOR_PHONE}),
        client.post(reverse("receipts"), {"code": "AAAA-AAAA", "pin": "000000"}),
    ]
    return [
        Page(form, answer.status_code, answer.content.decode(), dict(answer.items()), [*answer.cookies], 0, 0)
        for answer in answers
    ]


def test_the_walk_comes_everywhere(pages: list[Page]) -> None:
    addresses = {page.address for page in pages}
    lists = list(PublicList.objects.values_list("number", flat=True))
    assert len(lists) >= 20
    assert {f"/lists/{number}/" for number in lists} <= addresses
    assert any(address.startswith("/da/lists/") for address in addresses)
    assert not [page.address for page in pages if page.status >= 500]
    missing = [page.address for page in pages if page.status == 404]
    assert {address.removeprefix("/da") for address in missing} <= {
        "/no/such/page/",
        "/lists/none/",
        "/areas/000000000000/",
    }, f"links that lead nowhere: {missing}"


def test_no_page_holds_an_id_phone_or_card_number(pages: list[Page]) -> None:
    assert numbers_in(f"找我 {id_number(clock.today().replace(year=1970), 7)} 谢谢")
    assert numbers_in(f"电话 {phone(3)[:3]} {phone(3)[3:7]} {phone(3)[7:]}")
    assert numbers_in(f"卡号{bank_card(5)}")
    published = frozenset(PublicList.objects.values_list("number", flat=True))
    known = {member.id_number for member in Member.objects.all()}
    known |= {
        text for household in Household.objects.all() for text in (household.phone, household.bank_card)
    }
    known |= {user.phone for user in User.objects.all()}
    known |= {OBJECTOR_PHONE}
    for page in pages:
        squeezed = re.sub(r"[\s\-]", "", page.html)
        assert not [number for number in known if number and number in squeezed], page.address
        assert not numbers_in(page.text, published=published), (page.address, numbers_in(page.text))


def test_no_page_holds_the_full_name_of_a_villager_or_an_objector(pages: list[Page]) -> None:
    names = _full_names()
    assert len(names) >= 20
    officials = set(User.objects.values_list("display_name", flat=True))
    for page in pages:
        assert not [name for name in (names | {OBJECTOR}) - officials if name in page.html], page.address
        assert "我是欧阳" not in page.html, page.address


def test_masked_names_stand_on_running_lists_own_pages_and_nowhere_else(pages: list[Page]) -> None:
    masked = {row.masked_name for row in ListRow.objects.all() if row.masked_name}
    masked |= {mask_name(name) for name in _full_names()}
    assert masked
    today, seen = clock.today(), 0
    for page in pages:
        found = [name for name in masked if name in page.html]
        match = LIST_PAGE.match(page.address)
        listed = PublicList.objects.filter(number=match[1]).first() if match else None
        if listed is None or not names_visible(listed, today):
            assert not found, f"{page.address} names {found}"
        else:
            own = {row.masked_name for row in listed.rows.all()}
            assert set(found) <= own, page.address
            seen += bool(found)
            assert not [name for name in own if name in page.title], page.address
    assert seen


def test_no_list_is_past_its_period_with_names_in_any_version(pages: list[Page]) -> None:
    by_address = {page.address: page for page in pages}
    over = [listed for listed in PublicList.objects.all() if not names_visible(listed, clock.today())]
    assert len(over) > 5
    for listed in over:
        for address in (f"/lists/{listed.number}/", f"/da/lists/{listed.number}/"):
            page = by_address[address]
            assert not [row.name for row in listed.rows.all() if row.name and row.name in page.html]
            assert not [
                row.name for row in listed.rows.all() if row.masked_name and row.masked_name in page.html
            ]


def test_no_page_follows_or_depends_on_who_asks(pages: list[Page]) -> None:
    for page in pages:
        assert not page.cookies, page.address
        assert "cookie" not in page.headers.get("Vary", "").lower(), page.address
        assert "Set-Cookie" not in page.headers, page.address
        assert not page.outside, f"{page.address} refers to {page.outside}"
        assert not re.search(r"(?:src|href)=.https?://", page.html), page.address
        assert not re.search(r"url\(['\"]?(?:https?:)?//", page.html), page.address
        # In large type one script may stand, which reads the page aloud: ours, to the byte.
        aloud = page.html.count(f"<script>{SCRIPT}</script>")
        assert page.tags.get("script", 0) == aloud, f"{page.address} has a script of another kind"
        assert aloud <= page.address.startswith("/da/"), page.address
        assert "csrfmiddlewaretoken" not in page.html, page.address
        assert "@import" not in page.html, page.address


def test_every_page_is_small_and_takes_few_queries(pages: list[Page]) -> None:
    heavy = {page.address: page.queries for page in pages if page.queries > MOST_QUERIES}
    large = {page.address: page.size for page in pages if page.size > LARGEST_PAGE}
    assert not heavy
    assert not large


def test_every_page_says_what_it_is(pages: list[Page]) -> None:
    for page in pages:
        # A checkpoint is a text for programs.
        if page.status in (301, 302) or page.headers["Content-Type"].startswith("text/plain"):
            continue
        assert page.lang.lower().startswith("zh"), page.address
        assert page.title.strip(), page.address
        assert page.tags.get("h1") == 1, page.address
        assert page.tags.get("main") == 1, page.address
        # An error's status keeps it out of every index.
        if NO_INDEX.match(page.address) and page.status == 200:
            assert "noindex" in page.robots, page.address
        if page.address in ("/", "/areas/", "/programmes/"):
            assert "noindex" not in page.robots, page.address


def test_the_answers_of_the_public_forms_hold_no_more_than_was_typed(demo: None) -> None:
    names = _full_names()
    for answer in _objections_posted():
        assert not answer.cookies
        assert not [name for name in names if name in answer.html]
        assert OBJECTOR_PHONE not in answer.html
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_log_of_all_this_holds_no_personal_data(pages: list[Page], logged: list[str]) -> None:
    text = "\n".join(logged)
    names = _full_names() | {OBJECTOR}
    assert not [name for name in names if name in text]
    assert not numbers_in(text)
    known = _numbers()
    assert not [number for number in known if number and number in text]


def test_the_desk_masks_phones_cards_and_ids(demo: None) -> None:
    """Officials see whose case it is; the whole numbers are nowhere on the screens."""
    known = _numbers()
    for username in ("clerk1", "reviewer1", "reviewer2", "county", "supervisor"):
        client = Client()
        client.force_login(
            User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
        )
        addresses = [reverse(f"desk:{name}") for name in ("open", "closed", "lists", "notices")]
        addresses += [reverse("wagtailadmin_home")]
        user = User.objects.get(username=username)
        batches = Batch.objects.visible_to(user).order_by("pk")
        cases = Case.objects.visible_to(user).order_by("pk")
        addresses += [reverse("desk:batch", args=[batch.number]) for batch in batches[:8]]
        addresses += [reverse("desk:case", args=[case.number]) for case in cases[:8]]
        assert cases.count()
        for address in addresses:
            page = client.get(address)
            assert page.status_code == 200, address
            squeezed = re.sub(r"\s", "", page.content.decode())
            assert not [number for number in known if number and number in squeezed], (username, address)


def test_the_demo_has_somebody_in_every_office(demo: None) -> None:
    assert Office.objects.in_force(clock.today()).values("role").distinct().count() == 17
    assert Objection.objects.exists()
    assert get("/").status == 200


def test_whatever_is_changed_in_any_followed_table_past_the_portal_is_found(
    demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamperer = Tamperer(monkeypatch)
    looked, missed = 0, {}
    for model in tables():
        label = model._meta.label_lower
        if label not in written.FOLLOWED or not models.QuerySet(model).exists():
            continue
        looked += 1
        left_out = OF_PAGES if issubclass(model, WagtailPage) else LEFT_OUT.get(label, set())
        if found := unseen(tamperer, model) - left_out:
            missed[label] = found
    assert looked > 50
    assert missed == {}
