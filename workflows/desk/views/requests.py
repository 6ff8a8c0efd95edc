"""来访与申请: what households ask for, the longest overdue first; acting on one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as When_
from django.db.models import F, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.masking.services import NotForThePublic, mask_name
from portal import clock
from portal.configuration.services import value
from portal.files.errors import FileError
from portal.files.models import PrivateFile
from portal.files.services import store
from portal.people.models import User
from workflows.desk import filing, from_request, gates
from workflows.desk.deadlines import shown
from workflows.registry.models import Household
from workflows.requests import asking, keys, offices, services, stepping_aside
from workflows.requests.errors import BadRequest, NoSuchRequest, RequestError, StaleRequest
from workflows.requests.models import HelpRequest, Matter, Outcome, RequestState, Told
from workflows.requests.receipts import what

from .base import DeskMixin
from .register_request import RegisterRequestView
from .searching import SealedSearch

__all__ = ["RegisterRequestView", "RequestView", "Requests"]

HOUSEHOLDS_A_PAGE = 30
SHOWS = {
    "open": gettext_lazy("正在办"),
    "late": gettext_lazy("超期"),
    "settled": gettext_lazy("办过的"),
}


class WhatColumn(Column):
    """What is asked for, how it came and which office has it; no name."""

    cell_template_name = "desk/cells/request.html"

    def get_cell_context_data(self, instance: HelpRequest, parent_context: Any) -> dict[str, Any]:
        """Add the words of the matter and of the office."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"what": what(instance), "holder": offices.words(instance.holder, instance.line)}


class DueColumn(Column):
    """The light of an open one, or what it came to."""

    cell_template_name = "desk/cells/request_due.html"

    def get_cell_context_data(self, instance: HelpRequest, parent_context: Any) -> dict[str, Any]:
        """Add the deadline."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        is_open = instance.state == RequestState.OPEN
        return context | {"deadline": deadline(instance) if is_open else None}


def deadline(asked: HelpRequest) -> Any:
    """Return how the deadline of `asked` is shown today."""
    return shown(asked.due_on, asked.area, asked.received_on)


class Requests(SealedSearch, DeskMixin, BaseListingView):
    """Requests that the person's offices have or watch: open ones first, the longest overdue on top."""

    page_title = gettext_lazy("来访与申请")
    template_name = "desk/requests/list.html"
    model = HelpRequest
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:requests"
    table_classname = "desk-table desk-list"
    columns = [
        WhatColumn("area", label=gettext_lazy("申请"), classname="desk-what"),
        DueColumn("due_on", label=gettext_lazy("期限"), classname="desk-due"),
    ]

    def roles(self) -> frozenset[str]:
        """Return those who register requests, and supervisors."""
        return gates.REQUEST_ROLES

    def get_base_queryset(self) -> QuerySet[HelpRequest]:
        """Return the readable requests, narrowed as chosen."""
        open_first = When_(
            When(state=RequestState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        found = offices.readable(self.request.user)
        show, matter = self.request.GET.get("show", ""), self.request.GET.get("matter", "")
        if show in ("open", "late"):
            found = found.filter(state=RequestState.OPEN)
        if show == "late":
            found = found.filter(due_on__lt=clock.today())
        if show == "settled":
            found = found.exclude(state=RequestState.OPEN)
        if matter in Matter.values:
            found = found.filter(matter=matter)
        return found.order_by(open_first, F("settled_at").desc(nulls_first=True), "due_on", "pk")

    def search_queryset(self, queryset: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
        """Find by receipt, village or the number of the case."""
        words = self.search_query.strip()[:60]
        if not words:
            return queryset
        return queryset.filter(
            Q(receipt__icontains=words) | Q(area__name__icontains=words) | Q(case__number=words)
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the choices and the words of an empty list."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {
            "nothing": _("没有申请。"),
            "search_hint": _("回执号、村名或办件号"),
            "shows": SHOWS.items(),
            "matters": Matter.choices,
            "show": self.request.GET.get("show", ""),
            "matter": self.request.GET.get("matter", ""),
            "registers": gates.holds(self.request.user, gates.OFFICIALS),
        }


class RequestView(DeskMixin, TemplateView):
    """One request: what was said, where it stands, and for the office that has it the acts."""

    request: HttpRequest
    template_name = "desk/requests/request.html"
    page_title = gettext_lazy("来访与申请")

    def roles(self) -> frozenset[str]:
        """Return those who register requests, and supervisors; the request itself decides who reads it."""
        return gates.REQUEST_ROLES

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the request."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one act; or show again what was typed and why not."""
        asked = self._find()
        if request.POST.get("do") == "find":
            # By POST: a person's name never stands in an address.
            return self._show(asked, finding=True)
        try:
            return self._act(asked)
        except NoSuchRequest as error:
            raise Http404 from error
        except StaleRequest as error:
            return self._show(self._find(), refusal=str(error), status=409)
        except BadRequest as error:
            return self._show(asked, refusal=str(error), wrong=error.fields, status=422)
        except (RequestError, NotForThePublic, FileError) as error:
            return self._show(self._find(), refusal=str(error), status=422)

    def _act(self, asked: HelpRequest) -> HttpResponse:
        data = self.request.POST
        seen = _number(data.get("seen", ""))
        common: dict[str, Any] = {"by": self.user(), "request_id": asked.pk, "seen_version": seen}
        given = {name: data.get(name, "").replace("\x00", "") for name in FIELDS}
        do = data.get("do", "")
        if do == "answer":
            services.answer_request(
                **common,
                outcome=given["outcome"],
                answer=given["answer"],
                basis=given["basis"],
                remedy=given["remedy"],
            )
            messages.success(self.request, _("已经答复，本人用回执号可以看到；请再告诉本人一声，并登记。"))
        elif do == "pass":
            services.pass_request(**common, target=given["target"], reason=given["reason"])
            messages.success(self.request, _("已经转交，期限不变，本人用回执号看得到。"))
            if not offices.readable(self.user()).filter(pk=asked.pk).exists():
                return redirect("desk:requests")
        elif do == "link":
            services.link_case(**common, number=given["number"])
            messages.success(self.request, _("已经立案，本人用回执号看得到走到哪一步。"))
        elif do == "whose":
            services.settle_whose(**common, household_id=_number(data.get("household", "")))
            messages.success(self.request, _("已经认定，回避只看这一户。"))
        elif do == "told":
            services.record_told(**common, how=given["how"], on=_day(given["on"]))
            messages.success(self.request, _("已经登记告知。"))
        elif do == "paper":
            self._paper(asked)
        else:
            raise RequestError(_("没有看懂要办什么，请刷新页面后再办。"))
        return redirect("desk:request", asked.pk)

    def _paper(self, asked: HelpRequest) -> None:
        upload = self.request.FILES.get("paper")
        if upload is None or offices.handler(self.user(), asked) is None:
            raise RequestError(_("请选照片或文件；只有承办的人能加。"))
        store(
            upload,
            name=upload.name,
            reference=f"request:{asked.pk}",
            by=self.user(),
            area_code=asked.area.code,
            line=asked.line,
        )
        messages.success(self.request, _("已经收下。"))

    def _find(self) -> HelpRequest:
        found = offices.readable(self.user()).filter(pk=self.kwargs["pk"])
        asked = found.select_related(
            *("area", "holder", "programme", "form_version", "case__batch"),
            *("registered_by", "registered_at", "settled_by", "household"),
        ).first()
        if asked is None:
            raise Http404
        return asked

    def _show(
        self,
        asked: HelpRequest,
        *,
        refusal: str = "",
        wrong: dict[str, str] | None = None,
        finding: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        is_open = asked.state == RequestState.OPEN
        handles = offices.handler(self.user(), asked) is not None
        above = not handles and offices.superior(self.user(), asked) is not None
        answered = clock.day_of(asked.settled_at) if asked.settled_at else None
        context = self.get_context_data(
            asked=asked,
            what=what(asked),
            holder=offices.words(asked.holder, asked.line),
            deadline=deadline(asked) if is_open else None,
            # Whom to look for is the business of the office that has it, and of nobody else.
            handles=handles,
            masked=mask_name(asked.name),
            files=PrivateFile.objects.filter(reference=f"request:{asked.pk}") if handles else [],
            steps=asked.steps.select_related("actor").order_by("at", "pk"),
            may_act=handles and is_open,
            may_pass=(handles or above) and is_open,
            may_tell=handles and asked.state == RequestState.ANSWERED and not asked.told_on,
            namesakes=self._namesakes(asked) if (handles or above) and is_open else [],
            away=self._away(asked) if handles and is_open else "",
            may_file=handles and is_open and self._files(asked),
            targets=offices.targets(asked) if (handles or above) and is_open else [],
            outcomes=Outcome.choices,
            tellings=Told.choices,
            remedy=value(keys.REMEDY, asked.area),
            answered=answered,
            today=clock.today().isoformat(),
            refusal=refusal,
            wrong=wrong or {},
            typed=self.request.POST,
            **(self._households(asked) if handles and is_open else {}),
            finding=finding,
        )
        return self.render_to_response(context, status=status)

    def _files(self, asked: HelpRequest) -> bool:
        """Return whether the person files for the village: by office, or because nobody there does."""
        if gates.holds(self.user(), gates.filing_roles()):
            return True
        return asked.area_id in {area.pk for area in filing.deputy_areas(self.user())}

    def _namesakes(self, asked: HelpRequest) -> list[Household]:
        """Return the households of which somebody must tell whose request it is; none where it is plain."""
        homes = stepping_aside.homes_named(asked.area, str(asked.name))
        return homes if len(homes) > 1 else []

    def _away(self, asked: HelpRequest) -> str:
        """Return why this person must not answer it; the service asks again."""
        office = offices.handler(self.user(), asked)
        return stepping_aside.reasons(self.user(), office.role, asked) if office else ""

    def _households(self, asked: HelpRequest) -> dict[str, Any]:
        """Return what the search for the household shows: the choices, and the ways to file."""
        programmes = asking.programmes_at(asked.area)
        preset = asked.matter if asked.matter in (asking.HARDSHIP, asking.OTHER) else ""
        if asked.programme is not None:
            preset = f"{asking.PROGRAMME}{asked.programme.slug}"
        elif asked.wanted:
            preset = f"{asking.CHANGE}{asked.wanted}"
        named = self.request.POST.get("as", preset)
        choices = [one for one in asking.groups(programmes) if one[1][0][0] != asking.OTHER]
        found: dict[str, Any] = {"choices": choices, "named": named}
        chosen = asking.chosen(named, programmes)
        if self.request.POST.get("do") != "find" or chosen is None or chosen.matter == Matter.OTHER:
            return found | {"unnamed": self.request.POST.get("do") == "find"}
        name = self.request.POST.get("name", "").replace("\x00", "")[:40]
        page = Paginator(filing.households_for(self.user(), name), HOUSEHOLDS_A_PAGE).get_page(1)
        ways = [(one, from_request.way(asked, one, chosen)) for one in page]
        return found | {"ways": ways, "name": name, "more": page.has_next()}


FIELDS = ("outcome", "answer", "basis", "remedy", "target", "reason", "number", "how", "on")


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return None
