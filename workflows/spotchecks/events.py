"""Kinds of ledger events of spot checks."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

SEEDED = "spotcheck.seeded"
DRAWN = "spotcheck.drawn"
ABANDONED = "spotcheck.abandoned"
VISITED = "spotcheck.visited"
CLOSED = "spotcheck.closed"


def register() -> None:
    """Register every kind of this room. The seed is signed at once: the draw waits for the signature."""
    kinds.register(SEEDED, _("抽查：封存名册和种子"), urgent=True)
    kinds.register(DRAWN, _("抽查：抽样"), urgent=True)
    kinds.register(ABANDONED, _("抽查：不抽了"))
    kinds.register(VISITED, _("抽查：入户"))
    kinds.register(CLOSED, _("抽查：办结"))
