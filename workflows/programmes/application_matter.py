"""What meetings, lists, notices and the desk learn of an application."""

from collections.abc import Mapping
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from disclosure.publicity.models import ListKind
from disclosure.publicity.services import Content, RowDraft
from portal import clock
from workflows.engine.acting import Row
from workflows.engine.models import Batch, Case

from .answers import in_words, yuan
from .matters import SUBJECT, Basis, Face
from .models import Application, ProgrammeVersion, Visit

PREFIX = "programme:"
RELATED = (
    "application__programme_version__programme",
    "application__programme_version__policy",
    "application__household",
)


class ApplicationMatter:
    """An application to a programme: `matters.Matter`."""

    pays = True

    def drafts(self, rows: list[Row], kind: str, note: str) -> list[RowDraft]:
        """Return the public rows: head, group, project, amount and the programme's reason."""
        found = _applications(rows)
        prefetch_related_objects([one.household for one in found.values()], "members")
        if kind == ListKind.RESULT:
            prefetch_related_objects([row.case for row in rows], "payment")
        # One version for all, so that its policy's address is asked for once: a batch is of one scheme.
        version = found[rows[0].case.pk].programme_version
        for one in found.values():
            one.programme_version = version
        visits = _visit_days(rows) if kind == ListKind.APPLICATION else {}
        return [_draft(row, found[row.case.pk], kind, note, visits.get(row.case.pk)) for row in rows]

    def title(self, batch: Batch, word: str) -> str:
        """Return year, programme and word."""
        return f"{clock.today().year}年{_version(batch).programme.title}{word}"

    def content(self, rows: list[Row], kind: str) -> str:
        """An application is about a project until it is paid, then about the money."""
        return Content.PAYMENTS if kind == ListKind.RESULT else Content.APPLICATIONS

    def names(self, batch: Batch) -> bool:
        """Return what the programme says."""
        return bool(_version(batch).definition["show_names"])

    def days(self, batch: Batch, kind: str) -> int | None:
        """Applications are published for as long as the area has set."""
        return None

    def basis(self, case: Case) -> Basis:
        """Return the paragraph of the programme's policy document, and its way to object."""
        version = case.application.programme_version
        label = version.definition["citations"]["basis"]["label"]
        return Basis(
            f"《{version.policy.title}》{label}", policy_url(version, "basis"), version.definition["remedy"]
        )

    def ending(self, batch: Batch) -> str:
        """Return nothing: the steps end with the money and its result."""
        return ""

    def visit(self, case: Case) -> Mapping[str, Any]:
        """Return what the programme says."""
        rule: Mapping[str, Any] = case.application.programme_version.definition["visit"]
        return rule

    def face(self, case: Case) -> Face:
        """Return the application as the desk shows it."""
        application = case.application
        version = application.programme_version
        given = [
            (_("申报"), application.requested_fen),
            (_("乡镇核定"), application.checked_fen),
            (_("批准"), application.approved_fen),
            (_("验收"), application.accepted_fen),
        ]
        return Face(
            heading=version.programme.title,
            household=application.household,
            item=_item(application),
            requested_fen=application.requested_fen,
            amounts=[(label, fen) for label, fen in given if fen is not None],
        )

    def answers(self, case: Case) -> list[tuple[str, str]]:
        """Return the form in words."""
        application = case.application
        return in_words(application.programme_version.definition["fields"], application.answers)


def _item(application: Application) -> str:
    """Return what is applied for, and that the household filed it itself."""
    item = str(application.answers.get(application.programme_version.definition["item_field"], ""))
    return _("%(item)s（本户自己申报）") % {"item": item} if application.by_household else item


def _version(batch: Batch) -> ProgrammeVersion:
    found = ProgrammeVersion.objects.select_related("programme", "policy")
    return found.get(pk=int(batch.scheme.removeprefix(PREFIX)))


def _applications(rows: list[Row]) -> dict[int, Application]:
    if all("application" in row.case._state.fields_cache for row in rows):
        return {row.case.pk: row.case.application for row in rows}  # the desk selected them with the cases
    found = Application.objects.filter(case__in=[row.case.pk for row in rows])
    found = found.select_related("programme_version__programme", "programme_version__policy", "household")
    return {application.case_id: application for application in found}


def _visit_days(rows: list[Row]) -> dict[int, Any]:
    found = Visit.objects.filter(case__in=[row.case.pk for row in rows]).order_by("visited_on")
    return dict(found.values_list("case_id", "visited_on"))


def _draft(row: Row, application: Application, kind: str, note: str, visited_on: Any) -> RowDraft:
    version = application.programme_version
    definition, household = version.definition, application.household
    text = why(definition)
    if visited_on:
        text += _("查验：两名干部入户，%(month)s月%(day)s日。") % {
            "month": visited_on.month,
            "day": visited_on.day,
        }
    reduced = max(application.requested_fen - row.amount_fen, 0)
    if kind == ListKind.RESULT:
        paid_on = row.case.payment.paid_on
        note = _("已发%(yuan)s元，%(month)s月%(day)s日") % {
            "yuan": yuan(row.case.payment.amount_fen),
            "month": paid_on.month,
            "day": paid_on.day,
        }
    return RowDraft(
        subject=f"{SUBJECT}{row.case.number}",
        name=household.public_name(clock.today()),
        group=household.group_name,
        item=str(application.answers[definition["item_field"]]),
        amount_fen=row.amount_fen,
        note=note,
        reduced_fen=reduced,
        why={
            "text": text,
            "source_label": f"《{version.policy.title}》{definition['citations']['basis']['label']}",
            "source_url": policy_url(version, "basis"),
            "level": _("村里议定") if kind == ListKind.RESOLUTION else _("乡里核定"),
        },
        effect=row.changes.get("effect", "") if kind == ListKind.RESULT else "",
    )


def policy_url(version: Any, citation: str) -> str:
    """Return the path of the cited paragraph; empty while the policy document is not published."""
    parts = version.policy.get_url_parts()
    return f"{parts[2]}#{version.definition['citations'][citation]['anchor']}" if parts else ""


def why(definition: dict[str, Any]) -> str:
    """Return the programme's public reason in plain words, with its figures filled in."""
    amount = definition["amount"]
    return str(definition["reason"]).format(rate=amount["rate_percent"], ceiling=yuan(amount["ceiling_fen"]))
