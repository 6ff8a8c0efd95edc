"""An invitation is an address and a code: neither opens the account without the other."""

from typing import Any

import pytest
from django.test import Client

from portal.areas.models import Area
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people import joint
from portal.people.invitations import Invitation, agreed_reset, ask_for_reset, invite_account, reset_account
from portal.people.models import InvitationCode, Role, User

from .invented import COUNTY, ONE, officer

PASSWORD = "plain words 2026"


def sent(invitation: Invitation, code: str, password: str = PASSWORD) -> Any:
    """Open the address in a browser of its own and send code and password; return the answer."""
    client = Client()
    form = client.get(invitation.path, follow=True).redirect_chain[-1][0]
    return client.post(form, {"code": code, "password1": password, "password2": password})


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "000001"


def has_password(user: User) -> bool:
    return User.objects.get(pk=user.pk).has_usable_password()


def test_whoever_holds_the_address_alone_opens_nothing(security: User) -> None:
    invitation = invite_account(by=security, username="new", display_name="赵某")
    assert invitation.code not in invitation.path
    assert invitation.code not in InvitationCode.objects.get(user=invitation.user).digest
    said = sent(invitation, wrong_for(invitation.code)).content.decode()
    assert "还能再试 4 次" in said and not has_password(invitation.user)
    assert "口令" in sent(invitation, "").content.decode()
    # A weak password uses up neither, and digits may be read out in groups.
    assert sent(invitation, invitation.code, "short").status_code == 200
    told = f"{invitation.code[:3]} {invitation.code[3:]}"
    assert sent(invitation, told).status_code == 302 and has_password(invitation.user)
    assert not InvitationCode.objects.filter(user=invitation.user).exists()


def test_a_code_that_is_guessed_at_voids_the_invitation_and_is_told(security: User) -> None:
    invitation = invite_account(by=security, username="new", display_name="赵某")
    answers = [sent(invitation, wrong_for(invitation.code)).content.decode() for _time in range(5)]
    assert "错得太多" in answers[-1]
    assert "作废" in sent(invitation, invitation.code).content.decode(), "the right one comes too late"
    assert not has_password(invitation.user)
    event = Event.objects.get(kind="account.invitation_voided")
    assert invitation.code not in event.record
    assert Message.objects.filter(title__contains="邀请网址").exists()
    again = reset_account(by=security, user=invitation.user)
    assert sent(again, again.code).status_code == 302


def test_an_address_that_has_no_code_is_void(security: User) -> None:
    invitation = invite_account(by=security, username="new", display_name="赵某")
    InvitationCode.objects.all().delete()
    assert "作废" in sent(invitation, invitation.code).content.decode() and not has_password(invitation.user)


def test_of_a_reset_by_two_each_holds_one_half(county: dict[str, Area], security: User) -> None:
    head = officer(security, Role.COUNTY_HEAD, county[COUNTY])
    clerk = officer(security, Role.VILLAGE_CLERK, county[ONE])
    code = ask_for_reset(by=security, user=clerk, reason="忘了密码")
    act = joint.waiting().get()
    held = agreed_reset(joint.agree(by=head, act=act))
    assert held is not None and held.code == ""
    assert sent(held, wrong_for(code)).status_code == 200 and sent(held, code).status_code == 302


@pytest.mark.parametrize("typed", ["１２３", "x" * 30, "\x00"])
def test_any_bad_code_is_answered(security: User, typed: str) -> None:
    invitation = invite_account(by=security, username="new", display_name="赵某")
    assert sent(invitation, typed).status_code == 200 and not has_password(invitation.user)
