"""What belongs to a case in an evidence bundle: its acts and its batches', its files, its lists."""

from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext as _

from disclosure.publicity.evidence import redactions_of, rows_of, values_of
from disclosure.publicity.models import PublicList
from portal.files import storage
from portal.files.models import PrivateFile
from portal.ledger import evidence
from workflows.engine.models import Batch, Case, Decision

from .matters import SUBJECT


def connect() -> None:
    """Answer for cases in evidence bundles."""
    evidence.register("case", collect)


def collect(number: str) -> evidence.Evidence | None:
    """Return what belongs to the case `number`, None where there is none."""
    case = Case.objects.filter(number=number).select_related("batch").first()
    if case is None:
        return None
    decisions = list(Decision.objects.filter(case=case).select_related("act__batch").order_by("pk"))
    batches = _with_parents([case.batch, *(decision.act.batch for decision in decisions)])
    own = f"case:{number}"
    visits = [f"visit:{pk}" for pk in case.visits.values_list("pk", flat=True)]
    files = list(PrivateFile.objects.filter(reference__in=[own, *visits]).order_by("pk"))
    lists = list(PublicList.objects.filter(rows__subject=f"{SUBJECT}{number}").distinct().order_by("pk"))
    values = [
        evidence.Value("case", number, "reason", decision.reason) for decision in decisions if decision.reason
    ]
    values += [
        evidence.Value("batch", decision.act.batch.number, "opinion", decision.act.opinion)
        for decision in decisions
        if decision.act.opinion
    ]
    values += [value for each in lists for value in values_of(each)]
    return evidence.Evidence(
        title=_("办件 %(number)s") % {"number": number},
        objects=[
            ("case", number),
            *(("batch", batch.number) for batch in batches),
            *(("file", str(file.pk)) for file in files),
            *(("list", each.number) for each in lists),
            *redactions_of(lists),
        ],
        files=[_file(file) for file in files if file.reference == own],
        values=values,
        lists={each.number: partial(rows_of, each) for each in lists},
    )


def _with_parents(batches: Iterable[Batch]) -> list[Batch]:
    found = {batch.pk: batch for batch in batches}
    for batch in list(found.values()):
        while batch.parent_id and batch.parent_id not in found:
            batch = found.setdefault(batch.parent_id, batch.parent)
    return sorted(found.values(), key=lambda batch: batch.pk)


def _file(file: PrivateFile) -> evidence.EvidenceFile:
    return evidence.EvidenceFile(
        f"{file.pk}-{file.name}", file.sha256, str(file.pk), lambda: storage.get(file.sha256)
    )
