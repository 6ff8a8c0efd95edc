"""A household helped twice for one thing in one year: by one programme, or by two for the same object."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from workflows.engine.models import Case, CaseState
from workflows.programmes.models import Application

from ..rule import Found, Rule, Weight, Window

# In which answer of a programme's form stands what the help is for.
OBJECT_ANSWERS = ("project", "item", "thing")


def find(window: Window) -> Iterator[Found]:
    """Yield the households with two granted or paid cases of one year for one thing."""
    for numbers in window.chunks("case.decided", "payment.recorded"):
        new = Case.objects.filter(number__in=numbers).values_list("subject", flat=True)
        forms = (
            Application.objects.filter(case__subject__in=set(new), approved_fen__gt=0)
            .filter(case__state__in=[CaseState.ACTIVE, CaseState.DONE])
            .select_related("case__area", "case__batch", "programme_version__programme")
            .order_by("case__opened_at", "pk")
        )
        by_thing: dict[tuple[str, int, str], list[Application]] = defaultdict(list)
        for form in forms:
            year = timezone.localtime(form.case.opened_at).year
            for thing in _things(form):
                by_thing[form.case.subject, year, thing].append(form)
        seen = set()
        for (_subject, year, thing), together in by_thing.items():
            cases = tuple(form.case.number for form in together)
            if len(together) > 1 and cases not in seen:
                seen.add(cases)
                yield _found(together, year, thing)


def _things(form: Application) -> list[str]:
    """Return what the help is for: the programme, and the object named in its form."""
    named = [str(form.answers.get(key, "")).strip() for key in OBJECT_ANSWERS]
    programme = form.programme_version.programme
    return [f"programme:{programme.pk}", *(f"object:{word}" for word in named if word)]


def _found(together: list[Application], year: int, thing: str) -> Found:
    last = together[-1].case
    titles = "、".join(dict.fromkeys(form.programme_version.programme.title for form in together))
    kind, _colon, word = thing.partition(":")
    said = {"year": year, "n": len(together), "titles": titles, "word": word}
    same = translate("同一户 %(year)s 年为“%(word)s”得了 %(n)s 次帮扶（%(titles)s）。")
    again = translate("同一户 %(year)s 年在“%(titles)s”里批了 %(n)s 件。")
    return Found(
        key=":".join(form.case.number for form in together)[:120],
        area=last.area,
        line=last.line,
        reason=(same if kind == "object" else again) % said,
        objects=[("case", form.case.number) for form in together],
        happened_at=last.opened_at,
    )


RULE = Rule(
    code="helped_twice",
    title=_("一件事帮了两次"),
    why=_("同一户一年里为同一件事批了两次。可能是分期补助，也可能是重复领。"),
    find=find,
    weight=Weight.GRAVE,
)
