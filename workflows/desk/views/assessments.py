"""考核: rounds in sight, opening one, one round with its acts, one assessed with its figures and points."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.deliberations.errors import DeliberationError
from disclosure.masking.services import NotForThePublic
from disclosure.publicity.errors import PublicityError
from portal import clock
from portal.people.models import User
from workflows.assessment import periods, rounds, scoring
from workflows.assessment.calling_off import call_off
from workflows.assessment.errors import AssessmentError, BadRound, DoesNotReconcile, NoSuchRound
from workflows.assessment.indicators import INDICATORS, SOURCES
from workflows.assessment.models import HELD_AT, Round, Subject, Subjects
from workflows.assessment.opening import open_round
from workflows.desk import gates
from workflows.desk.assessment_page import as_given, points_in, round_of, subject_of
from workflows.desk.places import asked_place
from workflows.desk.typed import typed
from workflows.desk.uploading import NotTaken, prepared

from .base import DeskMixin

REFUSALS = (AssessmentError, PublicityError, DeliberationError, NotForThePublic, NotTaken, ValueError)


class RoundColumn(Column):
    """Which round, over which days."""

    cell_template_name = "desk/cells/round.html"


class RoundStateColumn(Column):
    """How far it is."""

    cell_template_name = "desk/cells/round_state.html"


class RoundMixin(DeskMixin):
    """Those who assess, those who decide, and those who are assessed once their scores were told."""

    def roles(self) -> frozenset[str]:
        """Return the roles that have to do with assessment."""
        return gates.ASSESSMENT_READERS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def found(self) -> Round:
        """Return the round in sight; Http404."""
        seen = Round.objects.visible_to(self.user()).select_related(
            "area", "opened_by", "decided_by", "accepted_by", "closed_by", "list"
        )
        round_: Round | None = seen.filter(number=self.kwargs["number"]).first()
        if round_ is None:
            raise Http404
        return round_


class Assessments(RoundMixin, BaseListingView):
    """The rounds in sight, the newest first."""

    page_title = gettext_lazy("考核")
    template_name = "desk/assessment/list.html"
    model = Round
    paginate_by = 20
    index_url_name = "desk:assessments"
    table_classname = "desk-table desk-list"
    columns = [
        RoundColumn("kind", label=gettext_lazy("考核"), classname="desk-what"),
        RoundStateColumn("state", label=gettext_lazy("到哪一步"), classname="desk-due"),
    ]

    def get_base_queryset(self) -> QuerySet[Round]:
        """Return the rounds in sight."""
        return Round.objects.visible_to(self.request.user).select_related("area").order_by("-pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add whether the person opens rounds."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"opens": gates.holds(self.request.user, gates.ASSESSORS)}


class NewAssessmentView(RoundMixin, TemplateView):
    """Opening a round: where, whom, which year's; the figures are computed at once."""

    template_name = "desk/assessment/new.html"
    page_title = gettext_lazy("开一轮考核")

    def roles(self) -> frozenset[str]:
        """Return those who open rounds."""
        return gates.ASSESSORS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Open the round, or show again what was typed and why not."""
        place, _found = asked_place(request, self.user())
        data = typed(request.POST)
        if place is None:
            return self._show(refusal=_("请先选地方。"), status=422)
        kind, _dash, year = data.get("period", "").partition("-")
        try:
            round_ = open_round(
                by=self.user(),
                area=place,
                subjects_are=data.get("subjects_are", ""),
                kind=kind,
                year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0,
            )
        except (AssessmentError, ValueError) as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, _("开好了，这里有数据的指标已经算出来。"))
        return redirect("desk:assessment", round_.number)

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        place, found = asked_place(self.request, self.user())
        held = [
            (one.value, one.label) for one in Subjects if place is not None and HELD_AT[one] == place.level
        ]
        offered = periods.offered(place) if place is not None else []
        context = self.get_context_data(
            **found,
            refusal=refusal or found["place_refusal"],
            periods=[(one, one.opens <= clock.today()) for one in offered],
            subjects=held or Subjects.choices,
            indicators=[one for one in INDICATORS if not held or set(one.levels) & {who for who, _w in held}],
            sources=SOURCES,
            typed=self.request.POST,
        )
        return self.render_to_response(context, status=status)


class AssessmentView(RoundMixin, TemplateView):
    """One round: the assessed with their scores, and the act that is due."""

    template_name = "desk/assessment/round.html"
    page_title = gettext_lazy("考核")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the round."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell, decide, accept, send back, publish, close or call off; or say why not, naming every gap."""
        round_ = self.found()
        acting: dict[str, Any] = {"by": self.user(), "round_id": round_.pk}
        data = typed(request.POST)
        words = data.get("words", "")
        try:
            match request.POST.get("do"):
                case "tell":
                    rounds.tell(**acting)
                case "decide":
                    rounds.decide(**acting)
                case "accept" | "back" as done:
                    rounds.accept(**acting, words=words, accepted=done == "accept")
                case "publish":
                    new = rounds.publish_results(**acting)
                    messages.success(request, _("已经公开，名单 %(number)s。") % {"number": new.number})
                case "close":
                    rounds.close(**acting)
                case "call_off":
                    call_off(**acting, words=data.get("off", ""))
                    messages.success(request, _("作废了，可以重开一轮。"))
                case _other:
                    raise BadRound({"do": _("请选要做什么。")})
        except NoSuchRound as error:
            raise Http404 from error
        except DoesNotReconcile as error:
            # Which they are stands in the table beneath.
            said = _("批准、公开、拨付三个数对不上，有 %(n)d 件，还不能办结。逐件处理好再来。")
            return self._show(refusal=said % {"n": len(error.gaps)}, gaps=error.gaps, status=422)
        except REFUSALS as error:
            return self._show(refusal=str(error), status=422)
        return redirect("desk:assessment", round_.number)

    def _show(self, *, refusal: str = "", gaps: list[Any] | None = None, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            **round_of(self.user(), self.found(), sums="sums" in self.request.GET),
            refusal=refusal,
            gaps=gaps or [],
            typed=self.request.POST if refusal else {},
        )
        return self.render_to_response(context, status=status)


class SubjectView(RoundMixin, TemplateView):
    """One assessed: figures with formula and source, points with reasons, appeals, what follows."""

    request: HttpRequest
    template_name = "desk/assessment/subject.html"
    page_title = gettext_lazy("考核")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the subject."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Score, appeal, answer an appeal or record what follows; or say why not."""
        round_, subject = self._subject()
        try:
            self._act(round_, subject)
        except NoSuchRound as error:
            raise Http404 from error
        except REFUSALS as error:
            return self._show(refusal=str(error), status=422)
        if request.POST.get("do") == "score":
            return self._next(round_, subject)
        messages.success(request, _("记下了。"))
        return redirect("desk:assessed", round_.number, subject.pk)

    def _next(self, round_: Round, subject: Subject) -> HttpResponse:
        """Go on to the next one that waits for the person's points, back to the round after the last."""
        left = scoring.left_for(self.user(), round_)
        said = {"what": subject, "n": len(left)}
        if not left:
            messages.success(self.request, _("%(what)s 记下了，要您打分的都打完了。") % said)
            return redirect("desk:assessment", round_.number)
        messages.success(self.request, _("%(what)s 记下了，还有 %(n)d 个要您打分。") % said)
        after = [one for one in left if one.area.path > subject.area.path]
        return redirect("desk:assessed", round_.number, (after or left)[0].pk)

    def _act(self, round_: Round, subject: Subject) -> None:
        data, user = typed(self.request.POST), self.user()
        words = data.get("words", "")
        match data.get("do"):
            case "score":
                points, reasons = points_in(data, scoring.typed_codes(round_))
                scoring.score(
                    by=user,
                    subject_id=subject.pk,
                    points=points,
                    reasons=reasons,
                    files=prepared(self.request.FILES.getlist("files")),
                    why=data.get("why", ""),
                )
            case "appeal":
                scoring.appeal(
                    by=user,
                    subject_id=subject.pk,
                    code=data.get("code", ""),
                    words=words,
                    files=prepared(self.request.FILES.getlist("files")),
                )
            case "settle":
                appeal = subject.appeals.filter(code=data.get("code", "")).first()
                if appeal is None:
                    raise NoSuchRound
                if data.get("upheld") not in ("yes", "no"):
                    raise BadRound({"upheld": _("请选申诉成立还是不成立。")})
                given = data.get("points", "").strip()
                whole = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else None
                scoring.settle_appeal(
                    by=user,
                    appeal_id=appeal.pk,
                    upheld=data.get("upheld") == "yes",
                    words=words,
                    points=whole,
                )
            case "consequence":
                rounds.add_consequence(by=user, subject_id=subject.pk, kind=data.get("kind", ""), words=words)
            case _other:
                raise BadRound({"do": _("请选要做什么。")})

    def _subject(self) -> tuple[Round, Subject]:
        round_ = self.found()
        mine = {one.pk: one for one in scoring.subjects_of(self.user(), round_)}
        if self.kwargs["pk"] not in mine:
            raise Http404
        return round_, mine[self.kwargs["pk"]]

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        round_, subject = self._subject()
        shown = subject_of(self.user(), round_, subject, recount="count" in self.request.GET)
        done = self.request.POST.get("do", "")
        context = self.get_context_data(
            **shown,
            refusal=refusal,
            done=done,
            typed=self.request.POST if refusal else {},
            given=self.request.POST if done == "score" else as_given(shown["rescores"]),
        )
        return self.render_to_response(context, status=status)
