"""Who is related to the asking household, or is complained of, does not answer a request without a case."""

import pytest

from portal.ledger.models import Event
from portal.people.called import is_called
from portal.people.models import Line, Role
from portal.sealing.keys import keyed_hash
from workflows.demo import build
from workflows.demo.build import County, make_household
from workflows.registry.kinships import declare
from workflows.registry.models import Degree, Household
from workflows.requests.errors import BadRequest, MustStepAside
from workflows.requests.models import HelpRequest, Matter, RequestState
from workflows.requests.receipts import page as receipt_page
from workflows.requests.services import answer_request, settle_whose

from ..county import VILLAGE
from .conftest import ask
from .test_desk import ANSWER, SignIn, at, seen

pytestmark = pytest.mark.django_db


def kin(county: County, username: str, number: int = 34) -> str:
    """Make a household to which that official is related; return its head's name."""
    household = make_household(county, VILLAGE, number, "clerk1")
    user = county[username]
    declare(by=user, office=None, user=user, household=household, degree=Degree.SIBLING)
    return household.head_name


def declared(county: County, username: str, name: str) -> None:
    """Let that official be related to the household of that head too."""
    household, user = Household.objects.get(head_name_hash=keyed_hash(name, "name")), county[username]
    declare(by=user, office=None, user=user, household=household, degree=Degree.SIBLING)


def answer(county: County, username: str, request: HelpRequest) -> HelpRequest:
    return answer_request(by=county[username], request_id=request.pk, seen_version=request.version, **ANSWER)


def test_a_relative_of_the_asking_household_does_not_answer_and_is_told_openly(
    county: County, sign_in: SignIn
) -> None:
    request = ask(county, name=kin(county, "clerk1")).request
    with pytest.raises(MustStepAside, match=r"您要回避：与这户是.*关系。请交给别人答复"):
        answer(county, "clerk1", request)
    shown = seen(sign_in("clerk1").get(at(request)))
    assert "您要回避" in shown and "您要回避" not in seen(sign_in("helper1").get(at(request)))
    refused = sign_in("clerk1").post(at(request), {"do": "answer", "seen": "0", **ANSWER})
    assert refused.status_code == 422 and ANSWER["answer"] in seen(refused)
    assert answer(county, "helper1", request).state == RequestState.ANSWERED


def test_where_all_who_have_it_must_step_aside_it_goes_to_the_level_above_and_says_so(county: County) -> None:
    name = kin(county, "clerk1")
    for username in ("secretary1", "helper1", "team1"):
        declared(county, username, name)
    request = ask(county, name=name).request
    assert request.holder.name == "杉坞镇"
    assert "要回避" in receipt_page(request)["steps"][0]["why"]


def test_who_is_complained_of_does_not_answer_it(county: County) -> None:
    name = county["reviewer1"].display_name
    build.make_official(county, "reviewer9", "另一位", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ALL)
    request = ask(county, matter=Matter.OTHER, wanted="", text=f"镇上的{name}来了没进门就走了").request
    assert request.holder.name == "杉坞镇"
    with pytest.raises(MustStepAside, match="反映的事里说到您本人"):
        answer(county, "reviewer1", request)
    assert answer(county, "reviewer9", request).state == RequestState.ANSWERED


def test_a_complaint_about_all_who_would_have_it_goes_above_them(county: County) -> None:
    names = [county[one].display_name for one in ("reviewer1", "head1")]
    request = ask(county, matter=Matter.OTHER, wanted="", text="、".join(names) + "都说不归他们管").request
    assert request.holder.name == "枫禾县"


def test_an_official_is_named_by_name_or_by_surname_and_title(county: County) -> None:
    clerk = county["clerk1"]
    surname = clerk.display_name[:1]
    assert is_called(clerk, Role.VILLAGE_CLERK, f"找了{surname}文书三回")
    assert is_called(clerk, Role.VILLAGE_CLERK, f"{clerk.display_name}不给办")
    assert not is_called(clerk, Role.VILLAGE_CLERK, "找了村里三回")


def namesakes(county: County) -> tuple[str, list[Household]]:
    """Make two households whose heads have one name, to the first of which clerk1 is related."""
    name = kin(county, "clerk1", 34)
    first = Household.objects.get(head_name_hash=keyed_hash(name, "name"))
    second = make_household(county, VILLAGE, 35, "clerk1")
    second.head_name, second.head_name_hash = name, keyed_hash(name, "name")
    second.save()
    return name, [first, second]


def test_of_namesakes_the_doubt_is_said_and_who_is_related_to_none_settles_it(
    county: County, sign_in: SignIn
) -> None:
    name, (_first, second) = namesakes(county)
    request = ask(county, name=name).request
    with pytest.raises(MustStepAside, match="村里有 2 户有叫这个名字的，还不知道是不是这一户"):
        answer(county, "clerk1", request)
    shown = seen(sign_in("clerk1").get(at(request)))
    assert "还不知道是不是这一户" in shown and "村里有 2 户有叫这个名字的" in shown
    whose = {"do": "whose", "seen": str(request.version), "household": str(second.pk)}
    refused = sign_in("clerk1").post(at(request), whose)
    assert refused.status_code == 422 and "要由没有亲戚关系的人认定" in seen(refused)
    assert sign_in("supervisor").post(at(request), whose).status_code == 422
    assert sign_in("helper1").post(at(request), whose).status_code == 302
    request.refresh_from_db()
    assert request.household == second
    event = Event.objects.get(kind="request.whose")
    assert str(second.subject) not in event.record and name not in event.record
    assert answer(county, "clerk1", request).state == RequestState.ANSWERED


def test_once_it_is_settled_as_the_relatives_they_keep_away_for_good(county: County) -> None:
    name, (first, _second) = namesakes(county)
    request = ask(county, name=name).request
    other = make_household(county, VILLAGE, 36, "clerk1")
    common = {"by": county["reviewer1"], "request_id": request.pk, "seen_version": request.version}
    with pytest.raises(BadRequest):
        settle_whose(**common, household_id=other.pk)
    settle_whose(**common, household_id=first.pk)
    request.refresh_from_db()
    with pytest.raises(MustStepAside) as refused:
        answer(county, "clerk1", request)
    assert "还不知道" not in str(refused.value)
    assert answer(county, "helper1", request).state == RequestState.ANSWERED


def test_it_is_passed_up_for_a_namesake_with_words_that_say_so(county: County) -> None:
    name, (first, _second) = namesakes(county)
    for username in ("secretary1", "helper1", "team1"):
        user = county[username]
        declare(by=user, office=None, user=user, household=first, degree=Degree.SIBLING)
    request = ask(county, name=name).request
    assert request.holder.name == "杉坞镇"
    assert "同名" in receipt_page(request)["steps"][0]["why"]
