"""The screen of a setting: the head turns a proposal down with a reason, the reviewer takes theirs back."""

from portal import clock
from portal.configuration.models import Setting
from portal.configuration.services import propose
from workflows.demo.build import County

from .conftest import SignIn

ADDRESS = "/admin/desk/settings/notice.serve_days/"


def proposed(county: County) -> Setting:
    """Return a proposal of the county's reviewer."""
    return propose(
        by=county["county"],
        key="notice.serve_days",
        area=county.areas["枫禾县"],
        value=9,
        valid_from=clock.today(),
        source="县文件",
    )


def test_a_head_turns_a_proposal_down_and_everybody_reads_why(county: County, sign_in: SignIn) -> None:
    setting = proposed(county)
    head = sign_in("countyhead")
    assert "不采用" in head.get(ADDRESS).content.decode()
    without = head.post(ADDRESS, {"do": "turn_down", "setting": setting.pk, "reason": " "})
    assert without.status_code == 422 and "要写明理由" in without.content.decode()
    head.post(ADDRESS, {"do": "turn_down", "setting": setting.pk, "reason": "依据不是现行文件"})
    setting.refresh_from_db()
    assert setting.turned_down_at and not setting.confirmed_at
    shown = sign_in("county").get(ADDRESS).content.decode()
    assert "依据不是现行文件" in shown and "等第二人确认" not in shown


def test_a_reviewer_takes_their_own_proposal_back(county: County, sign_in: SignIn) -> None:
    setting = proposed(county)
    client = sign_in("county")
    assert "收回不提了" in client.get(ADDRESS).content.decode()
    client.post(ADDRESS, {"do": "turn_down", "setting": setting.pk, "reason": "天数写错了"})
    setting.refresh_from_db()
    assert setting.turned_down_by == county["county"]
