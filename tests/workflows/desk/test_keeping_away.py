"""The page of a batch marks what the engine bars: the signer's relatives, and those of whom they act for."""

from datetime import timedelta

from portal import clock
from portal.people import leave
from portal.people.models import Office, Role
from workflows.demo import play
from workflows.demo.build import County
from workflows.registry.kinships import declare
from workflows.registry.models import Degree

from ..county import make_batch
from .conftest import SignIn, page, rows


def stand_in(county: County) -> tuple[str, str]:
    """Let somebody stand in for the township's reviewer; return both user names."""
    office = Office.objects.select_related("area", "user").get(
        user=county["reviewer1"], role=Role.TOWNSHIP_REVIEWER
    )
    substitute = leave.possible(office)[0]
    made = leave.name_substitute(
        by=office.user,
        office=office,
        substitute=substitute,
        starts_on=clock.today(),
        last_on=clock.today() + timedelta(days=3),
        reason="学习",
    )
    leave.confirm(by=county["security"], substitution=made)
    return office.user.username, substitute.username


def test_a_substitute_sees_whose_relatives_they_keep_away_from(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="check")
    principal, substitute = stand_in(county)
    of_principal, of_substitute, _other = (case.application.household for case in rows(batch))
    for who, household in ((principal, of_principal), (substitute, of_substitute)):
        user = county[who]
        declare(by=user, office=None, user=user, household=household, degree=Degree.SIBLING)
    shown = sign_in(substitute).get(page(batch.number)).content.decode()
    assert f"回避：您代办的{county[principal]}与这户是" in shown and "回避：您与这户是" in shown
    assert shown.count("desk-barred") == 2
    marked = {case.number for case in rows(batch)[:2]}
    play.visit_all(batch, county["reviewer1"])
    outcome = play.check(batch, county[substitute])
    barred = {row["case"] for row in outcome.rows if "回避" in row["message"]}
    assert barred == marked


def test_a_row_of_the_principals_relatives_goes_up_where_nobody_else_is_left(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    principal, substitute = stand_in(county)
    household = rows(batch)[0].application.household
    user = county[principal]
    declare(by=user, office=None, user=user, household=household, degree=Degree.SPOUSE)
    assert "desk-barred" in sign_in(substitute).get(page(batch.number)).content.decode()
    play.visit_all(batch, county["reviewer1"])
    outcome = play.check(batch, county[substitute])
    assert "您代办的" in outcome.rows[0]["message"] and "已上提到" in outcome.rows[0]["message"]
