"""The page of a batch: what it is, where it is, its rows, and the act that this person may do now."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from disclosure.deliberations.services import RECORDING_ROLES
from portal import clock
from portal.people.models import User
from workflows.desk import batch_page, batch_rows, gates, keeping
from workflows.desk.batch_page import BatchPage
from workflows.desk.lacking import lacking
from workflows.desk.meetings import COUNTS, PAPER_KINDS, Meetings, meetings_of, payload_of
from workflows.desk.outcomes import outcome_of, why_too_late
from workflows.desk.publishing import awaited, preview
from workflows.desk.signing import BadForm, Entry, day_of, read_entries, verdicts_of
from workflows.desk.words import phrases
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import MEETING_KINDS, StepKind, Verdict
from workflows.engine.errors import ActRefused, NothingSigned, StaleCase
from workflows.engine.models import Act, ActKind, Batch
from workflows.engine.services import act

from .base import DeskMixin

KEY_LENGTH = 64
FILL = "fill:"
KINDS = {"sign_for": ActKind.SIGN_FOR, "take_back": ActKind.TAKE_BACK}


class BatchView(DeskMixin, TemplateView):
    """One batch, read by everybody whose offices cover it, acted on through the engine alone."""

    template_name = "desk/batch.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the batch, with what this person typed into it and has not sent."""
        batch = self._find()
        page = batch_page.gather(self._user(), batch)
        kept = keeping.fields_of(batch.draft) if page.office else {}
        if kept:
            batch_rows.type_in(
                page.rows, read_entries(page.step, batch_rows.typed_rows(page.rows, kept), kept), {}
            )
        return self._show(batch, page=page, typed=kept, done=self._done(), kept=bool(kept))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one act, or show the form again with everything typed and the reason, or keep it."""
        batch = self._find()
        page = batch_page.gather(self._user(), batch)
        what = request.POST.get("do", "")
        if what in ("keep", "discard", "seen"):
            return self._keep(batch, page, what)
        entries = read_entries(page.step, [row.case for row in page.rows], request.POST)
        if what.startswith(FILL):
            return self._fill(batch, page, entries, what.removeprefix(FILL))
        try:
            outcome = self._act(batch, page, entries)
        except BadForm as error:
            return self._again(batch, page, entries, str(error), error.rows, error.fields, status=422)
        except StaleCase as error:
            return self._again(batch, page, entries, str(error), {}, {}, status=409)
        except NothingSigned as error:
            rows = {
                row.case.pk: error.rows[row.case.number] for row in page.rows if row.case.number in error.rows
            }
            return self._again(batch, page, entries, str(error), rows, {}, status=422)
        except ActRefused as error:
            return self._again(batch, page, entries, str(error), {}, {}, status=422)
        self._note(batch, page, what)
        return redirect(f"{reverse('desk:batch', args=[outcome.batch])}?done={outcome.act_id}")

    def _keep(self, batch: Batch, page: BatchPage, what: str) -> HttpResponse:
        """Keep or forget what is typed, or note that the batch was looked at. Nothing is recorded by it."""
        data, place = self.request.POST, batch_page.place_of(batch, page.step)
        script = self.request.headers.get("X-Desk-Draft") == "1"
        keeping.note_seen(self._user(), batch, data.get("shown_at", ""))
        if what == "discard":
            keeping.drop_draft(self._user(), place)
            messages.success(self.request, _("填过没有办的已经清掉，现在是原来的样子。"))
        elif what == "keep" and page.office:
            seen = data.get("seen_version", "")
            version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0
            try:
                draft = keeping.keep_draft(user=self._user(), place=place, data=data, version=version)
            except keeping.NotKept as error:
                if script:
                    return JsonResponse({"why": str(error)}, status=422)
                messages.error(self.request, str(error))
                return redirect("desk:batch", batch.number)
            if script:
                at = timezone.localtime(draft.saved_at)
                stale = draft.version != batch.version
                return JsonResponse({"at": f"{at:%H:%M}", "stale": stale})
            messages.success(self.request, _("已经暂存，还没有办理；只有您自己看得到。"))
        elif what == "keep":
            if script:
                return JsonResponse({"why": page.why_not}, status=422)
            messages.error(self.request, page.why_not)
        return redirect("desk:batch", batch.number)

    def _fill(self, batch: Batch, page: BatchPage, entries: dict[int, Entry], verdict: str) -> HttpResponse:
        """Show the form with `verdict` chosen in every row, to set the exceptions one by one; no act."""
        if verdict not in page.step.verdicts:
            return self._again(
                batch, page, entries, _("没有看懂要办什么，请刷新页面后再办。"), {}, {}, status=422
            )
        for entry in entries.values():
            entry.verdict = verdict
        batch_rows.type_in(page.rows, entries, {})
        return self._show(batch, page=page, typed=self.request.POST)

    def _note(self, batch: Batch, page: BatchPage, what: str) -> None:
        """After an act: forget the draft that it sent, note the look, and count a usual opinion."""
        user, data = self._user(), self.request.POST
        keeping.note_seen(user, batch, data.get("shown_at", ""))
        if what not in KINDS:
            keeping.drop_draft(user, batch_page.place_of(batch, page.step))
        said = data.get("opinion", "").strip() or data.get("phrase", "").strip()
        if said in phrases(page.step, batch.area):
            keeping.note_phrase(user, page.step.kind, said)

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _find(self) -> Batch:
        batch = batch_page.find(self._user(), self.kwargs["number"])
        if batch is None:
            raise Http404
        return batch

    def _act(self, batch: Batch, page: BatchPage, entries: dict[int, Entry]) -> Any:
        data = self.request.POST
        said = data.get("opinion", "").strip() or data.get("phrase", "").strip()
        what = data.get("do", "")
        verdicts: dict[int, RowVerdict] = {}
        payload: dict[str, Any] = {}
        # Asks for no proof (`desk.everyday`): the engine refuses it where no meetings are recorded.
        if what == "meeting":
            payload = payload_of(data)
            verdicts = {row.case.pk: RowVerdict(Verdict.AGREE) for row in page.rows}
        elif what == "return":
            back = {pk: entry for pk, entry in entries.items() if entry.verdict == Verdict.RETURN}
            chosen = [row.case for row in page.rows if row.case.pk in back]
            verdicts = verdicts_of(page.step, chosen, back)
        elif what == "sign":
            verdicts = verdicts_of(page.step, [row.case for row in page.rows], entries, page.silent)
            if data.get("straight"):
                verdicts = {pk: replace(said, straight=True) for pk, said in verdicts.items()}
            if data.get("meeting_on", "").strip():
                payload["meeting_on"] = self._meeting_day(data["meeting_on"])
        elif what not in KINDS:
            raise BadForm(_("没有看懂要办什么，请刷新页面后再办。"))
        try:
            seen = int(data.get("seen_version", ""))
        except ValueError:
            raise StaleCase from None
        return act(
            actor=self._user(),
            batch_id=batch.pk,
            seen_version=seen,
            verdicts=verdicts,
            opinion=said,
            payload=payload,
            kind=KINDS.get(what, ActKind.SIGN),
            key=data.get("key", "")[:KEY_LENGTH],
        )

    def _meeting_day(self, typed: str) -> date:
        """Return the day of the office meeting that decided; BadForm where it is none or to come."""
        try:
            day = day_of(typed, _("会议日期"))
        except ValueError as error:
            raise BadForm(str(error), fields={"meeting_on": str(error)}) from None
        if day > clock.today():
            raise BadForm(_("会议日期要填今天或以前的一天"), fields={"meeting_on": _("还没有到这一天")})
        return day

    def _again(
        self,
        batch: Batch,
        page: BatchPage,
        entries: dict[int, Entry],
        message: str,
        rows: dict[int, str],
        fields: dict[str, str],
        status: int,
    ) -> HttpResponse:
        if status == 409:
            # Somebody was faster: the page shows what stands now, with what was typed laid over it, and what
            # changed since the page that was typed into was shown.
            keeping.note_seen(self._user(), batch, self.request.POST.get("shown_at", ""))
            batch = self._find()
            page = batch_page.gather(self._user(), batch)
            message = why_too_late(page, self._user()) or message
        batch_rows.type_in(page.rows, entries, rows)
        messages.error(self.request, message)
        return self._show(
            batch, page=page, typed=self.request.POST, wrong=fields, refusal=message, status=status
        )

    def _show(
        self,
        batch: Batch,
        *,
        page: BatchPage | None = None,
        typed: Any = None,
        wrong: dict[str, str] | None = None,
        refusal: str = "",
        done: Act | None = None,
        kept: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        page = page or batch_page.gather(self._user(), batch)
        kind = page.step.kind
        meetings = Meetings()
        # Elsewhere than at the meetings their record is read by who asks for it.
        if kind in MEETING_KINDS or "meetings" in self.request.GET:
            recording = kind in MEETING_KINDS and page.office is not None
            cases = [row.case for row in page.rows] if recording else []
            meetings = meetings_of(batch, recording=recording, cases=cases)
        context = self.get_context_data(
            page=page,
            batch=batch,
            title=batch.title,
            meetings=meetings,
            start={**meetings.start, **(dict(typed.items()) if typed and meetings.step else {})},
            counts=list(COUNTS.items()),
            paper_kinds=PAPER_KINDS,
            phrases=phrases(page.step, batch.area, batch.habit),
            lacks=lacking(self._user(), batch, page.step, page.rows, meetings) if page.office else [],
            kept=kept,
            kept_stale=kept and batch.draft_version != batch.version,
            shown_at=clock.now().isoformat(),
            typed=typed or {},
            wrong=wrong or {},
            refusal=refusal,
            key=uuid.uuid4().hex,
            awaited=awaited(batch, self.request.user),
            preview=preview([row.case for row in page.rows])
            if page.office and kind == StepKind.PUBLISH
            else [],
            posts=gates.holds(self._user(), gates.POSTERS),
            records=gates.holds(self._user(), frozenset(RECORDING_ROLES)),
            done=outcome_of(page, done) if done else None,
            today=clock.today().isoformat(),
        )
        return self.render_to_response(context, status=status)

    def get_page_title(self) -> str:
        """Return the number; the heading shows the title itself."""
        return str(self.kwargs["number"])

    def _done(self) -> Act | None:
        """Return the act that this person just did on the batch, to show what became of each row."""
        given = self.request.GET.get("done", "")
        if not given.isdecimal() or len(given) > 18:
            return None
        return Act.objects.filter(
            pk=int(given), actor=self._user(), batch__number=self.kwargs["number"]
        ).first()
