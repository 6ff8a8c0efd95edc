"""The workbench speaks Chinese: nothing of Wagtail's screens in use is left in English."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection, Page, Workflow, WorkflowTask

from portal.files.models import PublicDocument, PublicImage
from portal.people.models import Role
from tests.portal.people import invented

from . import catalogues
from .catalogues import OURS, PACKAGES, Entry

# English that stays, with the reason; short, and each a decision.
LEFT_IN_ENGLISH: dict[str, str] = {}


@pytest.mark.parametrize("domain", PACKAGES)
def test_the_compiled_texts_are_in_step_with_their_source(domain: str) -> None:
    source = {entry.key: entry.forms for entry in catalogues.entries(OURS / f"{domain}.po")}
    assert catalogues.compiled(OURS / f"{domain}.mo") == source, (
        f"run: msgfmt -c -o {domain}.mo {domain}.po in portal/locale/zh_Hans/LC_MESSAGES"
    )


@pytest.mark.parametrize("domain", PACKAGES)
def test_no_text_stands_twice(domain: str) -> None:
    keys = [entry.key for entry in catalogues.entries(OURS / f"{domain}.po")]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("domain", PACKAGES)
def test_what_is_filled_in_and_html_marks_are_carried_over(domain: str) -> None:
    def agrees(entry: Entry) -> bool:
        wanted = [catalogues.placeholders(text) for text in (entry.text, entry.plural) if text]
        return all(catalogues.placeholders(form) in wanted for form in entry.forms)

    assert [entry.text for entry in catalogues.entries(OURS / f"{domain}.po") if not agrees(entry)] == []


@pytest.mark.parametrize("domain", PACKAGES)
def test_every_translation_is_whole_with_the_one_form_that_chinese_has(domain: str) -> None:
    faulty = [
        entry.text
        for entry in catalogues.entries(OURS / f"{domain}.po")
        if len(entry.forms) != 1 or not entry.forms[0].strip() or entry.fuzzy
    ]
    assert faulty == []


@pytest.mark.parametrize("domain", PACKAGES)
def test_no_text_of_a_package_in_use_is_left_in_english(domain: str) -> None:
    left = {
        package: [text for text in texts if text not in LEFT_IN_ENGLISH]
        for package, texts in catalogues.missing(domain).items()
    }
    assert {package: texts for package, texts in left.items() if texts} == {}


def test_the_portal_speaks_simplified_chinese_with_its_own_words_before_wagtails() -> None:
    assert translation.get_language() == "zh-hans"
    assert translation.to_locale("zh-hans") == OURS.parent.name
    # Wagtail has none of the first, another word for the second.
    assert translation.gettext("Reading time") == "阅读时间"
    assert translation.gettext("Log out") == "退出登录"


@pytest.mark.parametrize("number", [0, 1, 2, 21])
def test_one_and_many_read_alike(number: int) -> None:
    text = translation.ngettext("Referenced %(count)s time", "Referenced %(count)s times", number)
    assert text % {"count": number} == f"被引用 {number} 次"


@pytest.mark.django_db
def test_the_scripts_of_the_workbench_are_given_chinese_texts(client: Client) -> None:
    areas = invented.areas()
    security = invented.administrators(areas[invented.CITY])[Role.SECURITY_ADMIN]
    clerk = invented.officer(security, Role.VILLAGE_CLERK, areas[invented.ONE])
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("wagtailadmin_javascript_catalog"))
    assert answer.status_code == 200
    for text in ("没有结果", "修改已自动保存。", "%(num)s 处错误"):
        assert json.dumps(text) in answer.content.decode()


def test_editors_read_chinese_names_of_images_and_documents() -> None:
    names = [str(model._meta.verbose_name) for model in (PublicImage, PublicDocument)]
    assert names == ["图片", "文档"]


@pytest.mark.django_db
def test_what_a_new_database_starts_with_has_chinese_names() -> None:
    names = [
        *Page.objects.values_list("title", flat=True),
        *Page.objects.values_list("draft_title", flat=True),
        *Collection.objects.values_list("name", flat=True),
        *Workflow.objects.values_list("name", flat=True),
        *WorkflowTask.objects.values_list("task__name", flat=True),
    ]
    assert names and [name for name in names if name.isascii()] == []
