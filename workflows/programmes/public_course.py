"""What the page of a public list tells of its matter's way: what is published of it, and what comes after.

It is read off the flow in the version that the cases keep, so that a page promises nothing that
the flow does not do: an exit ends with an announcement, an application with a payment.
"""

from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from disclosure.publicity.models import ListKind, PublicList
from disclosure.site.registry import Course
from portal.areas.models import Level
from workflows.engine.catalogue import flow
from workflows.engine.definitions import Flow, Step, StepKind

# Lists of these kinds are followed by something; a result or an announcement is the end of it.
FOLLOWED = [ListKind.RESOLUTION, ListKind.APPLICATION]


class Flowing(Protocol):
    """What takes a flow in a version of its own."""

    flow_key: str
    flow_version: int


def course_of(list: PublicList, about: Flowing, ending: str = "") -> Course:
    """Return the way of the matter of `list`, which is `about` a batch or a programme version; no query.

    `ending` tells what follows for a household once all is decided.
    """
    run = flow(about.flow_key, about.flow_version)
    publishing = {kind: step for step in run.steps if (kind := _kind_of(step)) and _taken(step, list)}
    here = publishing.get(list.kind)
    ahead: Sequence[str] = []
    if here is not None and list.kind in FOLLOWED:
        ahead = [
            step.name for step in run.steps[run.position(here.key) + 1 :] if not step.optional or step.usual
        ]
    return Course(
        {kind: _pending(run, step, kind) for kind, step in publishing.items()},
        ahead,
        ending if list.kind in FOLLOWED else "",
    )


def _kind_of(step: Step) -> ListKind | None:
    """Return as which kind of list the step publishes, if it does."""
    return next((kind for kind in ListKind if step.publishes.startswith(str(kind.label))), None)


def _taken(step: Step, list: PublicList) -> bool:
    """Return whether the matter of `list` takes the step: one without meetings resolves on nothing."""
    return not (step.kind == StepKind.DELIBERATE and step.optional and not list.deliberation_id)


def _pending(run: Flow, step: Step, kind: ListKind) -> str:
    """Return in words when a list of `kind` is to come."""
    before = run.steps[: run.position(step.key)]
    if kind == ListKind.RESOLUTION:
        return _("村里议定以后公开")
    if kind == ListKind.APPLICATION:
        checked = any(one.kind == StepKind.CHECK for one in before)
        return _("乡里核查以后公示") if checked else _("村里评议以后公示")
    if kind == ListKind.RESULT and any(one.kind == StepKind.PAY for one in before):
        return _("钱发下去以后公开")
    decides = [one.level for one in before if one.kind == StepKind.DECIDE]
    return _("县里定下来以后公告") if decides[-1:] == [Level.COUNTY] else _("乡镇定下来以后公告")
