"""What belongs to a ticket in an evidence bundle: its events, files, and words where asked for."""

from django.utils.translation import gettext as _

from portal.files import storage
from portal.files.models import PrivateFile
from portal.ledger import evidence

from .models import Ticket
from .offices import FILE_KIND


def collect(number: str) -> evidence.Evidence | None:
    """Return what belongs to the ticket `number`, None where there is none."""
    ticket = Ticket.objects.filter(number=number).first()
    if ticket is None:
        return None
    files = list(PrivateFile.objects.filter(reference=f"{FILE_KIND}:{ticket.pk}").order_by("pk"))
    said = {"title": ticket.title, "text": str(ticket.text), "wanted": str(ticket.wanted)}
    values = [evidence.Value("ticket", number, name, words) for name, words in said.items()]
    for step in ticket.steps.order_by("pk"):
        values += [evidence.Value("ticket", number, name, str(step.words)) for name in ("words", "reason")]
    return evidence.Evidence(
        title=_("整改单 %(number)s") % {"number": number},
        objects=[("ticket", number), *(("file", str(file.pk)) for file in files)],
        files=[_file(file) for file in files],
        values=values,
    )


def _file(file: PrivateFile) -> evidence.EvidenceFile:
    return evidence.EvidenceFile(
        f"{file.pk}-{file.name}", file.sha256, str(file.pk), lambda: storage.get(file.sha256)
    )
