"""The public's form: a village, what for, one's own words. No sign-in, no script; nothing written is lost."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from disclosure.publicity import public
from disclosure.site import areas, flood
from disclosure.site.origin import from_our_page
from disclosure.site.responses import own_page, public_page
from portal import clock
from portal.areas.models import Area, Level
from portal.configuration.services import value

from . import asking, keys, offices, public_own
from .errors import BadRequest
from .own_forms import own_form
from .registering import LONGEST_NAME, LONGEST_TEXT, Asked, Registered, register_request

INVISIBLE = gettext_lazy("里面有看不见的符号，请删掉再写。")
TOO_LONG = gettext_lazy("写得太长了：最多%(limit_value)d字，现在有%(show_value)d字。请删短一些。")


def _text(longest: int, required: Any) -> forms.CharField:
    errors = {"required": required, "max_length": TOO_LONG, "null_characters_not_allowed": INVISIBLE}
    return forms.CharField(max_length=longest, error_messages=errors)


class AskForm(forms.Form):
    """What somebody asks for, and how they are found. All of it is needed."""

    what = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("请选是什么事。")})
    # Line ends come as two characters: the limit that the page tells is asked again by the service.
    text = _text(2 * LONGEST_TEXT, gettext_lazy("请写一两句要办什么事、为什么。"))
    name = _text(LONGEST_NAME, gettext_lazy("请写姓名，好找到您家。"))
    phone = _text(30, gettext_lazy("请写能打通的电话，好跟您联系。"))


@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """Show where to begin: the townships, or the counties where there are several."""
    found = Area.objects.in_force(clock.today())
    counties = list(found.filter(level=Level.COUNTY).order_by("path"))
    below = areas.children(counties[0]) if len(counties) == 1 else counties
    return public_page(request, "public/ask.html", {"below": below})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show the places below the area `code`, or the form of a village; or take what was written."""
    area = Area.objects.in_force(clock.today()).filter(code=code).first()
    if area is None:
        raise Http404
    if area.level != Level.VILLAGE:
        if request.method == "POST":
            raise Http404
        context = {"area": area, "below": areas.children(area), "trail": areas.trail(area)}
        return public_page(request, "public/ask.html", context)
    if request.method == "POST":
        return _take(request, area)
    return public_page(request, "public/ask_form.html", _context(area, AskForm()), index=False)


def _take(request: HttpRequest, area: Area) -> HttpResponse:
    form = AskForm(request.POST)
    valid = form.is_valid()
    if not from_our_page(request):
        message = _("这些内容不是从本站的页面提交的，还没有收下。内容都在下面，请看一看，再点一次提交。")
        return _again(request, area, form, message, status=403)
    not_yet = _("还没有提交成功，请看下面标红的地方。")
    if not valid:
        return _again(request, area, form, not_yet)
    number = f"request-{area.code}"
    if flood.too_many(request, number) and not flood.is_answered(number, request.POST.get("sum", "")):
        message = _("这会儿提交的人很多。请答一道小题，再点一次提交，就收下了。")
        return _again(request, area, form, message, question=flood.question(number), status=429)
    written = form.cleaned_data
    chosen = asking.chosen(written["what"], asking.programmes_at(area))
    if chosen is None:
        form.add_error("what", _("请从列出的几种里选一种。"))
        return _again(request, area, form, not_yet)
    version = own_form(chosen.programme)
    if chosen.programme is not None and version is not None:
        # It has a form of its own: what was written goes along, nothing is registered yet.
        shown = public_own.context(area, chosen.programme, version, written)
        shown["message"] = _("这个项目自己填表就能申请：再填下面几项，点提交。")
        return own_page(request, public_own.TEMPLATE, shown)
    try:
        done = register_request(
            Asked(
                area=area,
                matter=chosen.matter,
                programme=chosen.programme,
                wanted=chosen.wanted,
                text=written["text"],
                name=written["name"],
                phone=written["phone"],
            ),
            sender=flood.sender(request),
        )
    except BadRequest as error:
        for name, sentence in error.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
        return _again(request, area, form, not_yet)
    if not done.again:
        flood.lodged(request, number)
    return done_page(request, area, done)


def done_page(request: HttpRequest, area: Area, done: Registered) -> HttpResponse:
    """Show the receipt and the PIN, this once."""
    return own_page(request, "public/ask_done.html", _done(area, done))


def _again(
    request: HttpRequest, area: Area, form: AskForm, message: str, *, question: str = "", status: int = 422
) -> HttpResponse:
    context = _context(area, form) | {"message": message, "question": question}
    return own_page(request, "public/ask_form.html", context, status=status)


def _context(area: Area, form: AskForm) -> dict[str, Any]:
    programmes = asking.programmes_at(area)
    return {
        "area": area,
        "trail": areas.trail(area),
        "form": form,
        "groups": asking.groups(programmes),
        "own": [one for one in programmes if own_form(one)],
        "longest_text": LONGEST_TEXT,
        "days": value(keys.DAYS, area),
        "urgent_days": value(keys.URGENT_DAYS, area),
        "contact": public.contact(area),
    }


def _done(area: Area, done: Registered) -> dict[str, Any]:
    return {
        "area": area,
        "trail": areas.trail(area),
        "receipt": done.receipt,
        "pin": f"{done.pin[:3]} {done.pin[3:]}",
        "due_on": done.request.due_on,
        "holder": offices.words(done.request.holder, done.request.line),
        "contact": public.contact(area),
    }
