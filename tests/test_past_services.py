"""Nothing goes past the services: the check finds what is planted, and finds nothing in the tree."""

import pytest

from tests import past_services

PLANTED = [
    "Case.objects.filter(pk=1).update(state='ended')",
    "rows.update(**values)",
    "models.QuerySet.update(rows, salt='')",
    "Case.objects.bulk_create(rows)",
    "Case.objects.bulk_update(rows, ['state'])",
    "Case.history.bulk_history_create(rows)",
    "Case.objects.filter(pk=1)._raw_delete('default')",
    "Case.objects.filter(pk=1).delete()",
    "Case.objects.raw('SELECT 1')",
    "connection.cursor().execute('UPDATE workflows_engine_case SET state = 1')",
    "RawSQL('SELECT 1', [])",
    "rows.delete()",
    "case.delete()",
    "self.rows.delete()",
    "office.user.groups.add(group)",
    "report.edited_by.clear()",
]
PLAIN = [
    "known.update(other)",
    "digest.update(block)",
    "names.update({'a': 1})",
    "case.save(update_fields=['state'])",
    "names.add('a')",
    "context.groups_of.clear()",
    "Draft.objects.filter(user=user).delete()",
    "JobRun.objects.filter(name=name).update(claimed_until=None)",
]


@pytest.mark.parametrize("line", PLANTED)
def test_a_planted_write_past_the_services_is_found_with_its_place(line: str) -> None:
    source = f"class Service:\n    def change(self):\n        return {line}\n"
    found = list(past_services.breaches(source, "workflows/money/services.py"))
    assert found and {breach.place for breach in found} == {"workflows/money/services.py:Service.change"}
    assert found[0].line == 3 and not past_services.allowing(found[0])


def test_a_recorded_model_under_the_name_of_another_is_found() -> None:
    source = (
        "from workflows.engine.models import Case as Draft\nDraft.objects.filter(pk=1).update(state='x')\n"
    )
    assert list(past_services.breaches(source, "workflows/money/services.py"))


@pytest.mark.parametrize("line", PLAIN)
def test_what_is_no_write_past_the_services_is_let_be(line: str) -> None:
    assert not list(past_services.breaches(line, "workflows/money/services.py"))


def test_the_tree_is_clean_and_every_allowance_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert past_services.main() == 0, capsys.readouterr().out
