"""What a file of a case is: one of the papers that its flow or programme asks for, as its attacher says."""

from django.db import transaction

from portal.files.models import PrivateFile
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from workflows.engine.models import Case

from . import events
from .models import CasePaper

LONGEST = 60


def name_paper(*, by: User, office: Office | None, case: Case, file: PrivateFile, what: str) -> CasePaper:
    """Keep that `file` is the paper `what` of `case`. Whether `by` may attach to it the caller has asked."""
    with transaction.atomic():
        paper = CasePaper.objects.create(case=case, file=file, what=what[:LONGEST], step=case.step, by=by)
        append(
            Draft(
                events.PAPER_NAMED,
                "case",
                case.number,
                actor=by,
                office=office,
                area_code=case.area.code,
                line=case.line,
                body={"file": file.sha256, "what": paper.what, "step": case.step},
            )
        )
    return paper
