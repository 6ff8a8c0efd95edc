"""怎样验证: what a list's fingerprint proves, and where the ledger stands now."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.ledger import merkle
from portal.ledger.models import Head

from .responses import public_page


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Explain fingerprint and ledger in plain words, with the ledger's present size and root."""
    head = Head.objects.first() or Head(size=0, root=merkle.EMPTY_ROOT.hex())
    return public_page(request, "public/verify.html", {"head": head})
