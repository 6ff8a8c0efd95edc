"""The form for an objection: no sign-in, no name, no script; whatever goes wrong, nothing written is lost."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disclosure.publicity import public
from disclosure.publicity.errors import ListReplaced, PublicityError
from disclosure.publicity.handling import COMPLAINABLE
from disclosure.publicity.models import KINDS_WITH_CLOCK, Ground, ListRow, ListState, PublicList
from disclosure.publicity.objection_keys import PHOTOS
from disclosure.publicity.objections import LONGEST_COMPLAINED, LONGEST_CONTACT, LONGEST_TEXT
from disclosure.publicity.services import Lodged, lodge, names_visible
from portal import clock
from portal.configuration import services as configuration
from portal.files.errors import RefusedFile
from portal.people.models import Role

from . import areas, flood, photographs
from .origin import from_our_page
from .responses import own_page, public_page
from .words import yuan

TOO_LONG = gettext_lazy("写得太长了：最多%(limit_value)d字，现在有%(show_value)d字。请删短一些。")


class ObjectionForm(forms.Form):
    """What an objector writes. Only the text is needed."""

    row = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        error_messages={
            "invalid": gettext_lazy("请填数字，比如 3；对整份名单提就空着。"),
            "min_value": gettext_lazy("行数从1开始；对整份名单提就空着。"),
            "max_value": gettext_lazy("名单上没有这一行，请核对；对整份名单提就空着。"),
        },
    )
    ground = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("不选")), *Ground.choices],
        error_messages={"invalid_choice": gettext_lazy("请从列出的几种里选一种，或者不选。")},
    )
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        error_messages={
            "required": gettext_lazy("请写一两句哪里不对，好让人去查。"),
            "max_length": TOO_LONG,
            "null_characters_not_allowed": gettext_lazy("里面有看不见的符号，请删掉再写。"),
        },
    )
    contact = forms.CharField(
        required=False,
        max_length=LONGEST_CONTACT,
        error_messages={
            "max_length": TOO_LONG,
            "null_characters_not_allowed": gettext_lazy("里面有看不见的符号，请删掉再写。"),
        },
    )

    complained_role = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("不选")), *((role.value, Role(role).label) for role in COMPLAINABLE)],
        error_messages={"invalid_choice": gettext_lazy("请从列出的几种里选一种，或者不选。")},
    )
    complained_said = forms.CharField(
        required=False,
        max_length=LONGEST_COMPLAINED,
        error_messages={
            "max_length": TOO_LONG,
            "null_characters_not_allowed": gettext_lazy("里面有看不见的符号，请删掉再写。"),
        },
    )

    def clean_text(self) -> str:
        """Take line ends as one character each, as the limit that the page tells does."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, number: str, position: int | None = None) -> HttpResponse:
    """Show the form for the list `number` (or its row `position`), or take what was written."""
    list = (
        PublicList.objects.published().select_related("area", "superseded_by").filter(number=number).first()
    )
    if list is None:
        raise Http404
    row = list.rows.only("position", "shown").filter(position=position).first() if position else None
    if position is not None and (row is None or not public.has_rows(list)):
        raise Http404
    if request.method == "POST":
        if photographs.too_heavy(request, list.area):
            # Nothing of it is read, so that nobody can wear the portal out with what they send.
            form = ObjectionForm({"row": position or ""})
            return _again(request, list, form, photographs.TOO_HEAVY, status=413, fresh=True)
        return _take(request, list, position)
    chosen = request.GET.get("ground", "")
    form = ObjectionForm(initial={"row": position, "ground": chosen if chosen in Ground.values else ""})
    return public_page(request, "public/object.html", _context(list, form, row), index=False)


def _take(request: HttpRequest, list: PublicList, position: int | None) -> HttpResponse:
    form = ObjectionForm(request.POST)
    valid = form.is_valid()
    if not from_our_page(request):
        message = _("这些内容不是从本站的页面提交的，还没有收下。内容都在下面，请看一看，再点一次提交。")
        return _again(request, list, form, message, status=403)
    not_yet = _("还没有提交成功，请看下面标红的地方。")
    if not valid:
        return _again(request, list, form, not_yet)
    if flood.far_too_many(request):
        message = _(
            "从您这个网络提交的太多了，先停一会儿。请过一个钟头再提交，或者现在打电话、写纸条，一样登记。"
        )
        return _again(request, list, form, message, status=429)
    if flood.too_many(request, list.number) and not flood.is_answered(
        list.number, request.POST.get("sum", "")
    ):
        message = _("这会儿提交的人很多。请答一道小题，再点一次提交，就收下了。")
        return _again(request, list, form, message, question=flood.question(list.number), status=429)
    written = form.cleaned_data
    try:
        row_id = _row_id(list, written["row"])
        # Only now: looking a photo through costs more than all the rest.
        photos = photographs.prepared(request, list.area)
        done = lodge(
            list_id=list.pk,
            row_id=row_id,
            text=written["text"],
            ground=written["ground"],
            contact=written["contact"],
            sender=flood.sender(request),
            complained_role=written["complained_role"],
            complained_said=written["complained_said"],
            photos=photos,
        )
    except RefusedFile as error:
        return _again(request, list, form, not_yet, photo_error=str(error))
    except ListReplaced as error:
        newer = PublicList.objects.select_related("area").get(number=error.successor)
        form.data = {**form.data.dict(), "row": ""}
        message = _("这份名单刚刚更正过，下面已经换成新的名单。请看一看新名单，再点提交。")
        return _again(request, newer, form, message)
    except _NoSuchRow:
        form.add_error("row", _("名单上没有这一行，请核对；对整份名单提就空着。"))
        return _again(request, list, form, not_yet)
    except PublicityError as error:
        return _again(request, list, form, str(error))
    if not done.again:
        flood.lodged(request, list.number)
    return own_page(request, "public/object_done.html", _done(list, done))


class _NoSuchRow(LookupError):
    """The list has no row of that position."""


def _row_id(list: PublicList, position: int | None) -> int | None:
    if position is None:
        return None
    found = ListRow.objects.filter(list=list, position=position).values_list("pk", flat=True).first()
    if found is None:
        raise _NoSuchRow
    return int(found)


def _again(
    request: HttpRequest,
    list: PublicList,
    form: ObjectionForm,
    message: str,
    *,
    question: str = "",
    status: int = 422,
    photo_error: str = "",
    fresh: bool = False,
) -> HttpResponse:
    context = _context(list, form, None) | {"message": message, "question": question, "fresh": fresh}
    # A browser keeps no file for a form that comes back: who had chosen photos is told so.
    context |= {"photo_error": photo_error, "photos_again": not fresh and photographs.were_sent(request)}
    return own_page(request, "public/object.html", context, status=status)


def _context(list: PublicList, form: ObjectionForm, row: ListRow | None) -> dict[str, Any]:
    return {
        "list": list,
        "form": form,
        "trail": [*areas.trail(list.area), list.area],
        # Which row, without its name: names stand on the list's own page only (design.md rule 8).
        "row": _shown(list, row) if row else None,
        # Who is on no list stands in no row of it: they are not asked for one.
        "left_out": row is None and form["ground"].value() == Ground.LEFT_OUT and not form["row"].value(),
        "open": list.state == ListState.RUNNING and clock.today() <= list.closes_on,
        "replaced": list.state == ListState.SUPERSEDED,
        "newer": getattr(list, "superseded_by", None),
        "longest_text": LONGEST_TEXT,
        "longest_contact": LONGEST_CONTACT,
        "longest_complained": LONGEST_COMPLAINED,
        "most_photos": configuration.value(PHOTOS, list.area),
        "contact": public.contact(list.area),
    }


def _shown(list: PublicList, row: ListRow) -> dict[str, Any]:
    """Return what the form shows of a row; its group leaves together with its name."""
    group = row.shown.get("group", "") if names_visible(list, clock.today()) else ""
    sum = yuan(row.amount_fen) if list.with_money else ""
    return {**row.shown, "group": group, "position": row.position, "sum": sum}


def _done(list: PublicList, done: Lodged) -> dict[str, Any]:
    return {
        "list": list,
        "receipt": done.receipt,
        "pin": f"{done.pin[:3]} {done.pin[3:]}",
        "due_on": done.objection.due_on,
        "late": done.objection.late,
        "tell_by": done.objection.tell_by,
        "passed_up": done.objection.passed_up,
        "level": done.objection.get_level_display(),
        "row": done.objection.row,
        "holds": list.kind in KINDS_WITH_CLOCK,
        "trail": [*areas.trail(list.area), list.area],
    }
