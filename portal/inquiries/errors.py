"""What can be refused about the sealed log, each told in words that say what to do next."""


class InquiryError(Exception):
    """An opening that cannot be done as asked; the message is shown to the person."""


class NotAChief(InquiryError):
    """The person holds no supervisor's office at a county or above."""


class SamePerson(InquiryError):
    """Whoever asked, or whose searches they are, does not open them."""


class NotOpened(InquiryError):
    """The key does not fit, the reason or the days are missing, or it was answered before."""
