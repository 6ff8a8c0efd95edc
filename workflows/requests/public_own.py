"""A household fills in a programme's own form on the web: no sign-in, no script; nothing written is lost."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disclosure.publicity import public
from disclosure.site import areas, flood
from disclosure.site.origin import from_our_page
from disclosure.site.responses import own_page, public_page
from portal import clock
from portal.areas.models import Area, Level
from portal.configuration.services import value
from workflows.programmes.answers import amount_words
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.ranking import window_of

from . import asking, keys
from .errors import BadRequest
from .models import Matter
from .own_forms import own_form
from .registering import LONGEST_NAME, LONGEST_TEXT, Asked, register_request

TEMPLATE = "public/ask_own.html"
SHARED = ("text", "name", "phone")
LONGEST_ANSWER = 200


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask_programme(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Show the form of the programme `slug` for a household of the village `code`, or take it."""
    area = Area.objects.in_force(clock.today()).filter(code=code, level=Level.VILLAGE).first()
    programmes = asking.programmes_at(area) if area else []
    programme = next((one for one in programmes if one.slug == slug), None)
    version = own_form(programme)
    if area is None or programme is None or version is None:
        raise Http404
    if request.method == "POST":
        return _take(request, area, programme, version)
    return public_page(request, TEMPLATE, context(area, programme, version, {}), index=False)


def _take(request: HttpRequest, area: Area, programme: Programme, version: ProgrammeVersion) -> HttpResponse:
    from .public_views import done_page

    typed = {name: said.replace("\x00", "") for name, said in request.POST.items()}

    def again(
        message: str, wrong: Mapping[str, str], *, question: str = "", status: int = 422
    ) -> HttpResponse:
        shown = context(area, programme, version, typed, wrong) | {"message": message, "question": question}
        return own_page(request, TEMPLATE, shown, status=status)

    if not from_our_page(request):
        message = _("这些内容不是从本站的页面提交的，还没有收下。内容都在下面，请看一看，再点一次提交。")
        return again(message, {}, status=403)
    number = f"request-{area.code}"
    if flood.too_many(request, number) and not flood.is_answered(number, typed.get("sum", "")):
        message = _("这会儿提交的人很多。请答一道小题，再点一次提交，就收下了。")
        return again(message, {}, question=flood.question(number), status=429)
    fields = version.definition["fields"]
    answers = {one["key"]: typed.get(f"a-{one['key']}", "")[: 2 * LONGEST_ANSWER] for one in fields}
    try:
        done = register_request(
            Asked(
                area=area,
                matter=Matter.PROGRAMME,
                programme=programme,
                answers=answers,
                # The form says it all: words of one's own may be left out.
                text=typed.get("text", "").strip() or _("自己填表申请：%(what)s") % {"what": programme.title},
                name=typed.get("name", ""),
                phone=typed.get("phone", ""),
            ),
            sender=flood.sender(request),
        )
    except BadRequest as error:
        return again(error.fields.get("what") or _("还没有提交成功，请看下面标红的地方。"), error.fields)
    if not done.again:
        flood.lodged(request, number)
    return done_page(request, area, done)


def context(
    area: Area,
    programme: Programme,
    version: ProgrammeVersion,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the page shows: the programme's fields and the few shared ones, with what was typed."""
    said = wrong or {}
    fields = [
        {
            **one,
            "name": f"a-{one['key']}",
            "value": typed.get(f"a-{one['key']}", ""),
            "error": said.get(f"a-{one['key']}", ""),
            "required": one.get("required", True),
        }
        for one in version.definition["fields"]
    ]
    return {
        "area": area,
        "trail": areas.trail(area),
        "programme": programme,
        "amount": amount_words(version.definition),
        "rules": [rule["text"] for rule in version.definition["eligibility"]],
        "window": window_of(version.definition),
        "fields": fields,
        "typed": {name: typed.get(name, "") for name in SHARED},
        "wrong": {name: said.get(name, "") for name in SHARED},
        "longest_text": LONGEST_TEXT,
        "longest_name": LONGEST_NAME,
        "days": value(keys.DAYS, area),
        "contact": public.contact(area),
    }
