"""What the room answers where something about the four meetings is refused."""


class DeliberationError(Exception):
    """A deliberation or meeting that was not recorded. `str()` is a sentence for the person at the desk."""


class NoSuchDeliberation(DeliberationError):
    """Missing, or outside the office: one answer for both."""


class NotYourOffice(DeliberationError):
    """The office is another's, has ended, or its role may not do this."""


class AlreadyDeliberated(DeliberationError):
    """The same list is before the meetings now, or has passed them."""


class DeliberationClosed(DeliberationError):
    """The deliberation has passed, failed or been replaced; no meeting can be added."""


class OutOfOrder(DeliberationError):
    """A meeting before its predecessor, twice, or on a date that cannot be."""


class CountsDoNotAddUp(DeliberationError):
    """Attendance and votes contradict each other."""


class WitnessMissing(DeliberationError):
    """The meeting needs a witness from the township."""


class RuleUnreadable(DeliberationError):
    """The configured pass rule cannot be read; the county has to correct the setting."""


class NoticeTooShort(DeliberationError):
    """The assembly was called later than the rule allows, or nobody wrote down when."""


class NotThisAssembly(DeliberationError):
    """The assembly may not resolve on this matter: collective assets are the members'."""
