"""What supervision writes is held against the ledger: a row that was edited past the services is named."""

import pytest

from portal.ledger.verifier import verify
from tests.portal.ledger.parties import fault_after
from workflows.assessment import rounds
from workflows.demo.build import County
from workflows.rectification import reports

from ..rectification.conftest import opened as ticket_of
from .conftest import opened, scored

EDITS = {
    "UPDATE workflows_rectification_ticket SET state = 'closed'": "整改单",
    "UPDATE workflows_rectification_fortnightreport SET figures = '{}'": "督查报告",
    "UPDATE workflows_assessment_subject SET score = 9999": "考核",
    "UPDATE workflows_assessment_subject SET figures = '{}'": "考核",
    "UPDATE workflows_assessment_score SET points = '{}'": "考核",
    "UPDATE workflows_assessment_round SET last_day = first_day": "考哪几天",
    "UPDATE workflows_assessment_round SET grades = '{}'": "等次",
    "UPDATE workflows_assessment_subject SET person_id = opened_by_id FROM workflows_assessment_round"
    " WHERE subjects_are = 'helper' AND person_id IS NOT NULL": "指标",
}


@pytest.mark.postgres
def test_a_row_edited_past_the_services_is_found_by_the_verification(county: County) -> None:
    ticket_of(county)
    reports.draft_report(by=county["supervisor"], area=county.areas["枫禾县"])
    round_ = opened(county)
    opened(county, by=county["reviewer1"], area=county.areas["杉坞镇"], subjects_are="helper")
    scored(county, round_)
    rounds.tell(by=county["county"], round_id=round_.pk)
    assert verify().fault is None
    for sql, named in EDITS.items():
        fault = fault_after(sql)
        assert fault is not None and named in fault.reason, sql
    assert verify().fault is None
