"""Who may open the papers of the meetings: minutes, sign-in sheets and photos show whole names."""

from django.utils.translation import gettext as _

from portal.files.access import Owner, register
from portal.people.models import User
from portal.people.scope import scope_of

from .models import Deliberation

KIND = "deliberation"


def may_open_papers(user: User, number: str) -> bool:
    """Return whether an office of `user` that opens cases covers the village of that deliberation."""
    return scope_of(user).filter(Deliberation.objects.filter(number=number)).exists()


def _meeting(number: str) -> Owner:
    found = Deliberation.objects.select_related("area").get(number=number)
    return Owner("deliberation", number, _("会议 %(number)s") % {"number": number}, found.area, found.line)


register(KIND, may_open_papers, owner=_meeting)
