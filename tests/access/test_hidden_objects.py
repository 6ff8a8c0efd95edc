"""What is hidden answers like what is missing: every route, every method, lists, counts and searches."""

import re
from itertools import cycle
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from portal.ledger.models import Event
from portal.people.models import ROLES_WITHOUT_CASES, Line, Role
from tests.conftest import FULL
from workflows.demo import build, play
from workflows.engine.models import Case

from .comparing import FILLED, LISTS, METHODS, differences, look, object_addresses, plain, sent, strangers
from .stage import (
    OBJECTION_TEXT,
    OTHER_COUNTY,
    PLACES,
    SIBLING,
    VILLAGE,
    Actor,
    Stage,
    actor,
    contents,
    play_the_village,
    without_office,
)

# One worker sets the stage once.
pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(scope="module")
def before(ground: Stage) -> list[tuple[Actor, dict[str, Any]]]:
    """Return the strangers with what they see before there is anything in the village."""
    return [(one, look(one.client())) for one in strangers(ground)]


@pytest.fixture(scope="module")
def stage(ground: Stage, before: object) -> Stage:
    """Return the county after the village was played, which the strangers must not notice."""
    play_the_village(ground)
    return ground


def test_a_hidden_village_changes_no_byte_of_what_a_stranger_sees(
    before: list[tuple[Actor, dict[str, Any]]], stage: Stage
) -> None:
    for one, seen in before:
        for address, answer in look(one.client()).items():
            assert not differences(answer, seen[address]), f"{one} {address} tells what came to the village"


def test_a_hidden_object_answers_like_a_missing_one_by_every_method(stage: Stage) -> None:
    held = contents(), Event.objects.count()
    for position, one in enumerate([*strangers(stage), *without_office(stage)[1:]]):
        # What a method does is the same for everybody from whom the object is hidden: the first tries all.
        # In the short run the others try to read and to write in turn.
        ways = cycle([METHODS] if FULL or not position else [("get",), ("post",)])
        if position % 2:
            next(ways)
        client = one.client()
        mine_too = one.role in (Role.VILLAGE_CLERK, Role.HELPER)
        for hidden, missing in object_addresses(stage):
            if mine_too and hidden.endswith("?programme=build-then-subsidise"):
                continue
            for method in next(ways):
                bodies: list[Any] = [None]
                if method == "post":
                    bodies = [FILLED] if position and not FULL else [{}, FILLED]
                for body in bodies:
                    answers = [sent(client, method, where, body) for where in (hidden, missing)]
                    told = differences(answers[0][0], answers[1][0])
                    assert not told, f"{one} {method} {hidden} {body}"
                    assert answers[0][1] == answers[1][1], f"{one} {method} {hidden} {body}"
                    refused = {404} if method in ("get", "head", "post") else {404, 405, 200}
                    if "private" not in hidden and not hidden.startswith("/files/"):
                        assert answers[0][0][0] in refused, f"{one} {method} {hidden}: {answers[0][0][0]}"
    now = contents()
    accounts = ("portal_people", "django_", "guardian", "portal_ledger", "portal_outbox", "axes_")
    moved = {name for name in now if now[name] != held[0][name] and not name.startswith(accounts)}
    assert not moved


def test_a_visitor_is_sent_to_sign_in_whether_there_is_a_file_or_not(stage: Stage) -> None:
    for file in stage.files.values():
        answers = [Client().get(reverse("private_file", args=[pk])) for pk in (file.pk, 987654)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0]["Location"].replace(str(file.pk), "N") == answers[1]["Location"].replace(
            "987654", "N"
        )


def test_the_number_of_a_hidden_object_finds_no_more_than_a_made_up_one(stage: Stage) -> None:
    pairs = [
        (stage.running.number, stage.running.number[:-3] + "987"),
        (stage.case.number, stage.case.number[:-3] + "987"),
        (stage.shown.number, stage.shown.number[:-3] + "987"),
    ]
    for turn, one in enumerate(strangers(stage)):
        client = one.client()
        for place, name in enumerate(LISTS, turn):
            # In the short run each list is asked for each of them, by other people.
            for hidden, made_up in pairs if FULL else [pairs[place % len(pairs)]]:
                answers = [
                    (found[0], found[1].replace(asked.encode(), b"N"), found[2])
                    for asked in (hidden, made_up)
                    for found in [plain(client.get(reverse(name), {"q": asked}))]
                ]
                assert not differences(*answers), f"{one} {name} {hidden}"


def test_a_form_on_an_own_case_tells_nothing_of_others_notices_and_households(stage: Stage) -> None:
    county = stage.county
    programme = county.programme
    assert programme is not None
    household = build.make_household(county, SIBLING, 60, "clerk2")
    mine = Case.objects.get(batch=play.file_all(county, "helper2", [household], programme))
    client = Actor("helper", user=county["helper2"]).client()
    case = reverse("desk:case", args=[mine.number])
    served = {"do": "serve", "how": "signed", "served_on": "2026-01-01", "served_to": "甲"}
    answers = [plain(client.post(case, {**served, "notice": pk})) for pk in (stage.notice.pk, 987654)]
    assert not differences(*answers)
    assert answers[0][0] == 422
    form = {"programme": programme.slug, "do": "file"}
    filed = [
        plain(client.post(reverse("desk:file"), {**form, "household": pk}))
        for pk in (stage.household.pk, 987654)
    ]
    assert filed[0] == filed[1]
    assert filed[0][0] == 404
    names = [stage.household.head_name, "欧阳无此人"]
    found = [
        plain(client.post(reverse("desk:file"), {"programme": programme.slug, "do": "find", "name": name}))
        for name in names
    ]
    bodies = [answer[1].replace(name.encode(), b"N") for answer, name in zip(found, names, strict=True)]
    assert bodies[0] == bodies[1]


def test_the_register_and_the_declarations_answer_a_hidden_household_like_a_missing_one(stage: Stage) -> None:
    client = actor(stage, Role.VILLAGE_CLERK, SIBLING, Line.ALL).client()
    kinship, households = reverse("desk:kinship"), reverse("desk:households")
    for do in ("choose", "declare"):
        body = {"do": do, "degree": "sibling", "username": ""}
        answers = [
            plain(client.post(kinship, {**body, "household": pk})) for pk in (stage.household.pk, 987654)
        ]
        assert not differences(*answers), do
        assert answers[0][0] == 404
    names = [stage.household.head_name, "欧阳无此人"]
    for address in (kinship, households):
        found = [plain(client.post(address, {"do": "find", "name": name})) for name in names]
        bodies = [answer[1].replace(name.encode(), b"N") for answer, name in zip(found, names, strict=True)]
        assert bodies[0] == bodies[1], address


def test_an_account_of_another_county_answers_like_a_missing_one(stage: Stage) -> None:
    hidden = stage.county.people["clerk1"].pk
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        client = actor(stage, role, OTHER_COUNTY, Line.ALL).client()
        for body in (None, {}, {"do": "reset"}, {"do": "hand_over", "hand-to": "clerk2"}):
            answers = [
                plain(client.get(where) if body is None else client.post(where, body))
                for where in (reverse("desk:account", args=[pk]) for pk in (hidden, 987654))
            ]
            assert not differences(*answers), (role, body)
            assert answers[0][0] == 404
        listed = client.get(reverse("desk:people"), {"q": "clerk1"}).content.decode()
        assert stage.county.people["clerk1"].display_name not in listed


def test_an_office_elsewhere_opens_nothing_here_beside_a_narrower_one(stage: Stage) -> None:
    """Somebody who helps in the village and supervises the next one reads no objections of the village."""
    both = actor(stage, Role.GRID_WORKER, VILLAGE, Line.ALL)
    assert both.user is not None
    build.grant(stage.county, both.user, Role.SUPERVISOR, SIBLING)
    client = both.client()
    objection = reverse("desk:objection", args=[stage.objection.pk])
    assert client.get(objection).status_code == 404
    page = client.get(reverse("desk:list", args=[stage.shown.number])).content.decode()
    assert objection not in page
    case = client.get(reverse("desk:case", args=[stage.case.number]))
    assert "账本里的记录" not in case.content.decode()


# Accounts, settings, outages, pages and their errors, who stands in for whom, what is told to every official.
NO_BUSINESS = {
    *(reverse(f"desk:{name}") for name in ("outages", "errata", "catalogue", "footer")),
    *(reverse(f"desk:{name}") for name in ("people", "invite", "settings")),
    *(reverse(f"desk:{name}") for name in ("joint", "health", "safety", "audit")),
    *(reverse(f"desk:{name}") for name in ("leave", "messages", "robots")),
}


def test_administrators_and_editors_see_no_case_data_anywhere(stage: Stage) -> None:
    words = stage.hidden_words()
    for role in ROLES_WITHOUT_CASES:
        for area in PLACES[role]:
            client = actor(stage, role, area, Line.ALL).client()
            home = client.get(reverse("wagtailadmin_home"))
            assert home.status_code == 200
            assert not [word for word in words if word in home.content.decode()]
            links = set(re.findall(r"/admin/desk/[\w/-]*", home.content.decode()))
            assert links <= NO_BUSINESS, role
            for name in LISTS[1:]:
                assert client.get(reverse(name)).status_code == 404, (role, name)
            for hidden, _missing in object_addresses(stage):
                assert client.get(hidden).status_code == 404, (role, hidden)


def test_a_supervisor_reads_everything_of_the_own_area_and_every_act_is_refused(stage: Stage) -> None:
    who = actor(stage, Role.SUPERVISOR, VILLAGE, Line.ALL)
    client = who.client()
    batch = reverse("desk:batch", args=[stage.running.number])
    draft = reverse("desk:batch", args=[stage.draft.number])
    case = reverse("desk:case", args=[stage.case.number])
    refused = reverse("desk:case", args=[stage.refused.number])
    shown = reverse("desk:list", args=[stage.shown.number])
    objection = reverse("desk:objection", args=[stage.objection.pk])
    for address in (batch, draft, case, refused, shown, objection):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "desk-go" not in page.content.decode(), f"{address} offers an act to a supervisor"
    assert OBJECTION_TEXT in client.get(objection).content.decode()
    assert "账本里的记录" in client.get(case).content.decode()
    assert all(
        client.post(reverse("private_file", args=[file.pk])).status_code == 303
        for file in stage.files.values()
    )
    held = contents()
    today = build.clock.today().isoformat()
    filed = stage.filed
    signing = {f"verdict-{filed.pk}": "agree", "seen_version": str(stage.draft.version)}
    photo = SimpleUploadedFile("a.jpg", play.photo("x").read(), "image/jpeg")
    visit = {"visited_on": today, "first_visitor": "甲", "second_visitor": "乙", "visit_note": "看过"}
    acts = [
        *((draft, {**signing, "do": do}) for do in ("sign", "return", "meeting", "sign_for", "take_back")),
        *(
            (batch, {"seen_version": str(stage.running.version), "do": do})
            for do in ("sign_for", "take_back")
        ),
        (case, {"do": "visit", **visit}),
        (case, {"do": "attach", "files": photo}),
        (
            refused,
            {
                "do": "serve",
                "notice": stage.notice.pk,
                "how": "signed",
                "served_on": today,
                "served_to": "甲",
            },
        ),
        (shown, {"do": "posting", "seen_on": today}),
        (shown, {"do": "objection", "channel": "phone", "received_on": today, "text": "没有建"}),
        (objection, {**FILLED, "outcome": "upheld"}),
        (reverse("desk:amend", args=[filed.number]), {"seen_version": "1", "a-project": "养鸡"}),
        (reverse("desk:file"), {"programme": "build-then-subsidise", "household": stage.household.pk}),
    ]
    for address, body in acts:
        answer = client.post(address, body)
        assert answer.status_code in (404, 409, 422), f"{address} {body} gave {answer.status_code}"
    now = contents()
    assert {name for name in now if now[name] != held[name]} == set()


def test_the_old_doors_sign_nobody_in_by_password_alone(stage: Stage) -> None:
    name = "clerk1"
    for address in ("/admin/login/", "/admin/login/?next=/admin/", "/_util/login/", "/django-admin/login/"):
        client = Client()
        for body in (
            {"username": name, "password": build.PASSWORD},
            {"login": name, "password": build.PASSWORD},
            {"username": name, "password": build.PASSWORD, "next": "/admin/", "this_is_the_login_form": 1},
        ):
            answer = client.post(address, body)
            assert answer.status_code in (302, 404), address
            assert "_auth_user_id" not in client.session
        assert client.get("/admin/").status_code == 302


def test_there_is_no_django_admin() -> None:
    assert not apps.is_installed("django.contrib.admin")
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
    assert Client().get("/django-admin/").status_code == 404


def test_a_wrong_receipt_and_a_wrong_pin_answer_alike(stage: Stage) -> None:
    code = stage.objection.receipt
    other = code[:-1] + ("A" if code[-1] != "A" else "C")
    answers = []
    for asked in (code, other):
        cache.clear()
        response = Client().post(reverse("receipts"), {"code": asked, "pin": "000000"})
        status, body, headers = plain(response)
        answers.append((status, body.replace(asked.encode(), b"N"), headers))
    assert answers[0] == answers[1]
    assert OBJECTION_TEXT not in answers[0][1].decode()
