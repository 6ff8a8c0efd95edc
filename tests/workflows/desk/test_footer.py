"""网站页脚 at the desk: the county's editor or administrator fills it in; the event says who and what."""

import json

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from disclosure.pages.models import SiteRecord
from disclosure.pages.services import ensure_site
from portal.ledger.models import Event
from portal.people.models import Role
from workflows.demo import build
from workflows.demo.build import County

from .conftest import SignIn

TYPED = {
    "county": "枫禾县",
    "sponsor": "枫禾县农业农村局",
    "operator": "枫禾县明白账专班",
    "phone": "0000-0000000",
    "site_code": "9901010000",
    "icp": "演示备00000000号",
    "police": "",
    "organ": "",
}
SCREEN = reverse("desk:footer")


def test_the_editor_fills_in_the_footer_and_every_page_follows(county: County, sign_in: SignIn) -> None:
    ensure_site("某县")
    editor = sign_in("editor")
    assert "还空着" in editor.get(SCREEN).content.decode()
    assert editor.post(SCREEN, TYPED)["Location"] == SCREEN
    event = Event.objects.get(kind="site.recorded")
    said = json.loads(event.record)
    assert said["body"]["site_code"] == "9901010000" and said["body"]["county"] == "枫禾县"
    assert (event.actor_id, event.role) == (county["editor"].pk, Role.EDITOR)
    cache.clear()
    page = Client().get("/").content.decode()
    assert "枫禾县农业农村局" in page and "演示备00000000号" in page
    assert "公安备案：（待填）" in page, "what nobody has is not invented"
    assert "公安备案号、党政机关标识编号" in editor.get(SCREEN).content.decode()
    assert sign_in("sysadmin").post(SCREEN, TYPED | {"organ": "演示1号"}).status_code == 302


def test_a_wrong_code_comes_back_with_all_that_was_typed(sign_in: SignIn) -> None:
    ensure_site("某县")
    for typed, wrong in (({"site_code": "123"}, "10位数字"), ({"county": ""}, "desk-error")):
        answer = sign_in("editor").post(SCREEN, TYPED | typed)
        page = answer.content.decode()
        assert answer.status_code == 422 and wrong in page
        assert "枫禾县明白账专班" in page
    assert SiteRecord.current().operator == "" and not Event.objects.filter(kind="site.recorded").exists()


def test_an_editor_below_the_county_reads_it_and_fills_in_nothing(county: County, sign_in: SignIn) -> None:
    ensure_site("某县")
    build.grant(county, county["helper1"], Role.EDITOR, "杉坞镇")
    below = sign_in("helper1")
    page = below.get(SCREEN).content.decode()
    assert "您这里只看" in page and 'name="site_code"' not in page
    answer = below.post(SCREEN, TYPED)
    assert answer.status_code == 422 and "交给他们" in answer.content.decode()
    assert not Event.objects.filter(kind="site.recorded").exists()
    for other in ("clerk1", "countyhead", "security"):
        assert sign_in(other).get(SCREEN).status_code == 404
