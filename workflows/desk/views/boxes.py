"""待办, 在办, 已办, 办结, 抄送 with filters and searches. Choices stand in the address, a name never."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import View

from disclosure.publicity.owed import owed_to
from portal.inquiries.services import record_search
from portal.people.models import User
from workflows.desk import boxes, gates, owed_lines, todo_lines
from workflows.desk.deadlines import deadline_of
from workflows.desk.models import SavedFilter
from workflows.desk.words import step_name
from workflows.engine.models import Batch
from workflows.programmes import matters

from . import lists, more_acts
from .base import DeskMixin

MOST_SAVED = 12
LONGEST_NAME = 20
CASES_SHOWN = 12
OWED_SHOWN = 20
BOXES = ("todo", "open", "handled", "closed", "copies")
# Lists that an inspector searches through here (`searching`).
LISTS = ("requests", "objections", "lists", "tickets", "matters", "notices")


class Filtered:
    """What every box shares: choices with counts, one search, filters saved by name."""

    request: HttpRequest
    template_name = "desk/box.html"
    paginate_by = 30
    box = ""

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What the person chose to see."""
        return boxes.chosen_in(self.request.GET)

    @cached_property
    def words(self) -> str:
        """What is searched for: sealed in the address, or a number that a link carries."""
        token = self.request.GET.get("n", "")
        if token:
            return boxes.unwrap(self.person, token)
        # What an inspector looks for stands in no address as it was typed.
        typed = "" if gates.holds(self.person, gates.SUPERVISORS) else self.request.GET.get("q", "")
        return typed.strip()

    @property
    def person(self) -> User:
        """Who asks."""
        user: User = self.request.user
        return user

    @property
    def search_query(self) -> str:
        """What is searched for, for the words of an empty list."""
        return self.words[: boxes.LONGEST_QUERY]

    def search_queryset(self, queryset: QuerySet[Batch]) -> QuerySet[Batch]:
        """Return the rows as they are: the search is part of the box's own rows."""
        return queryset

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return the rows of the box that fit the choices and the words, sorted as asked."""
        rows: QuerySet[Batch] = super().get_base_queryset()  # type: ignore[misc]
        self.facets = boxes.facets_of(self.person, self.box, rows)
        rows = rows.filter(boxes.condition(self.chosen, self.facets))
        if self.search_query:
            rows = rows.filter(boxes.matching(self.person, self.search_query))
        order = boxes.sorting(self.chosen)
        return rows.order_by(*order) if order else rows

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add choices, saved filters, and the cases that were searched for."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)  # type: ignore[misc]
        narrowed = bool(set(self.chosen) - {"sort"})
        rows = [one for one in context["object_list"] if deadline_of(one).doubt]
        return context | {
            "box": self.box,
            "boxes": self._tabs(),
            "chosen": self.chosen,
            "narrowed": narrowed,
            "facets": self.facets,
            "saved": [
                one | {"link": f"?{urlencode(one['chosen'])}", "on": one["chosen"] == self.chosen}
                for one in self.facets.saved
            ],
            "words": self.search_query,
            "token": self.request.GET.get("n", ""),
            "found": self._cases(),
            # Said once above the list; a word marks the rows.
            "doubts": sorted({deadline_of(one).doubt for one in rows}),
            "sorts": {
                "due": _("期限近的在前"),
                "arrived": _("新到的在前"),
                "rows": _("户数多的在前"),
                "amount": _("金额大的在前"),
            },
            "sinces": {"1": _("今天到的"), "3": _("近 3 天"), "7": _("近 7 天"), "30": _("近 30 天")},
            "nothing": _("没有符合的。可以去掉几个条件再看。")
            if narrowed and not self.search_query
            else self._nothing(context["nothing"]),
        }

    def _nothing(self, otherwise: str) -> str:
        """Return what a search that found nothing tells: what is matched whole, and where else to look."""
        if not self.search_query:
            return otherwise
        return _("这里没有找到。姓名要写全，批号、项目名可以只写一段；还没申报的户到“农户”里找。")

    def _tabs(self) -> list[dict[str, Any]]:
        """Return the boxes that this person has, this one marked."""
        titles = {"todo": _("待办"), "open": _("在办"), "handled": _("已办"), "closed": _("办结")}
        titles["copies"] = _("抄送")
        mine = BOXES if gates.holds(self.person, gates.OFFICIALS) else ("open", "closed", "copies")
        return [{"title": titles[box], "url": reverse(f"desk:{box}"), "on": box == self.box} for box in mine]

    def _cases(self) -> list[dict[str, Any]]:
        """Return the cases searched for by number or name, whichever box they are in."""
        if not self.search_query:
            return []
        found = boxes.cases_named(self.person, self.search_query).select_related(*matters.related())[
            :CASES_SHOWN
        ]
        return [
            {"case": case, "step": step_name(case), "name": matters.of(case).face(case).household.head_name}
            for case in found
        ]


class Todo(Filtered, lists.Todo):
    """待办: what waits for the person."""

    box = "todo"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the tickets that wait, and the lists to be corrected after an objection was upheld."""
        owed = list(owed_to(self.person)[:OWED_SHOWN]) if gates.holds(self.person, gates.CORRECTORS) else []
        lit = [{"objection": one, "deadline": owed_lines.deadline_of(one)} for one in owed]
        # Who searches or narrows looks for batches.
        all_of_it = not self.search_query and not set(self.chosen) - {"sort"}
        waiting = todo_lines.waiting_for(self.person) if all_of_it else None
        return super().get_context_data(*args, **kwargs) | {"owed": lit, "waiting": waiting}


class Open(Filtered, lists.Open):
    """在办: every batch on its way in the person's area."""

    box = "open"


class Handled(Filtered, lists.Handled):
    """已办: batches on which the person acted."""

    box = "handled"


class Copies(Filtered, more_acts.Copies):
    """抄送: batches of which the person was sent a copy."""

    box = "copies"


class Closed(Filtered, lists.Closed):
    """办结: batches of which no row is on its way any more."""

    box = "closed"


class BoxPost(DeskMixin, View):
    """What is sent to a box: a POST, answered with the box again."""

    known: tuple[str, ...] = BOXES

    def person(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def box(self) -> str:
        """Return the box that was sent from; Http404 for one that there is not."""
        box = self.request.POST.get("box", "todo")
        if box not in self.known:
            raise Http404
        return box

    def back(self, **query: str) -> HttpResponse:
        """Return to the box with what was chosen there."""
        query = boxes.chosen_in(self.request.POST) | query
        address = reverse(f"desk:{self.box()}")
        return redirect(f"{address}?{urlencode(query)}" if query else address)


class FindView(BoxPost):
    """Searching a box: the words come in a POST and go on sealed, for they may be a villager's name."""

    known = (*BOXES, *LISTS)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the box with what fits the words."""
        words = request.POST.get("words", "").replace("\x00", "").strip()
        box = self.box()
        record_search(self.person(), f"desk:{box}" if box in LISTS else "desk:find", words)
        return self.back(**({"n": boxes.wrap(self.person(), words)} if words else {}))


class FilterView(BoxPost):
    """Saving what is chosen under a name, and forgetting it: the person's own, nobody else's."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save or drop a filter."""
        if request.POST.get("do") == "drop":
            given = request.POST.get("filter", "")
            if given.isascii() and given.isdecimal() and len(given) < 18:
                SavedFilter.objects.filter(pk=int(given), user=self.person()).delete()
                messages.success(request, _("已经去掉。"))
        else:
            self._save(request)
        return self.back()

    def _save(self, request: HttpRequest) -> None:
        name = request.POST.get("name", "").replace("\x00", "").strip()[:LONGEST_NAME]
        chosen = boxes.chosen_in(request.POST)
        if not name or not chosen:
            messages.error(request, _("请先选条件，再给它起个名字。"))
            return
        box = self.box()
        mine = list(SavedFilter.objects.filter(user=self.person(), box=box))
        same = next((one for one in mine if one.name == name), None)
        if same is None and len(mine) >= MOST_SAVED:
            messages.error(request, _("最多存 %(most)s 个，请先去掉不用的。") % {"most": MOST_SAVED})
            return
        one = same or SavedFilter(user=self.person(), box=box, name=name)
        one.chosen = chosen
        one.save()
        messages.success(request, _("已存为“%(name)s”，下次点一下就到。") % {"name": name})
