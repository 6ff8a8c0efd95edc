"""The bundle of a spot check: seed and draw with their proofs, frame and sample; no visit, no person."""

from django.utils.translation import gettext as _

from portal.ledger import evidence
from portal.ledger.draws import Draw

from . import events
from .models import SpotCheck


def collect(number: str) -> evidence.Evidence | None:
    """Return what belongs to the check `number`, None where there is none. Keys are opaque."""
    check = SpotCheck.objects.filter(number=number).first()
    if check is None:
        return None
    drawn = []
    if check.draw_event is not None:
        frame = tuple((village, key) for village, key in check.frame)
        sample = tuple((village, key) for village, key in check.sample)
        drawn.append(Draw(frame, sample, check.seed_event, check.draw_event))
    return evidence.Evidence(
        title=_("抽查 %(number)s") % {"number": number},
        objects=[("spotcheck", number)],
        draws=drawn,
        kinds=(events.SEEDED, events.DRAWN),
    )
