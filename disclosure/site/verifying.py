"""怎样验证: what a list's fingerprint proves, where the ledger stands, the proof of each of its events."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.ledger import checkpoints, merkle, offline, receipts, trust
from portal.ledger.models import Checkpoint, Event, Head

from .responses import NOINDEX, PublicPage, public_page

TEXT = "text/plain; charset=utf-8"
TOOL = "mingbai_verify.py"


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Explain fingerprint and ledger in plain words, with the ledger's present size, root and signatures."""
    head = Head.objects.first() or Head(size=0, root=merkle.EMPTY_ROOT.hex())
    context = {"head": head, "checkpoint": checkpoints.latest(), "policy": trust.policy(), "tool": TOOL}
    return public_page(request, "public/verify.html", context)


@require_safe
def event(request: HttpRequest, sequence: int) -> HttpResponse:
    """Show what proves event `sequence`: its fingerprint, the signed tree that holds it, who witnessed it.

    What the event says stands on none of these pages: whoever may read it has it from the desk or on paper.
    """
    found = _event(sequence)
    checkpoint = checkpoints.covering(sequence)
    # What paper carries: later ones may be witnessed, the first one stays the first.
    first = checkpoints.first_covering([sequence]).get(sequence) if checkpoint else None
    context = {"event": found, "checkpoint": checkpoint, "first": first, "tool": TOOL}
    return public_page(request, "public/verify_event.html", context, index=False)


@require_safe
def proof(request: HttpRequest, sequence: int) -> HttpResponse:
    """Hand out the proof of event `sequence` (C2SP tlog-proof); 404 until a checkpoint covers it."""
    found, checkpoint = _event(sequence), checkpoints.covering(sequence)
    if checkpoint is None:
        raise Http404(_("还没有签到这一笔"))
    return _file(receipts.proof_of(found, checkpoint), f"{sequence}.tlog-proof")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand out the latest signed checkpoint with its cosignatures (C2SP tlog-checkpoint)."""
    latest: Checkpoint | None = checkpoints.latest()
    if latest is None:
        raise Http404(_("还没有签过检查点"))
    return _file(str(checkpoints.note_of(latest)), "checkpoint.txt")


@require_safe
def tool(request: HttpRequest) -> HttpResponse:
    """Hand out the verifier in one file, to be run on a machine of one's own."""
    return _file(Path(offline.__file__).read_text(encoding="utf-8"), TOOL)


def _event(sequence: int) -> Event:
    found = Event.objects.filter(sequence=sequence).only("sequence", "leaf_hash").first()
    if found is None:
        raise Http404(_("账本里没有这一笔"))
    return found


def _file(text: str, name: str) -> PublicPage:
    response = PublicPage(text, content_type=TEXT)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = NOINDEX
    return response
