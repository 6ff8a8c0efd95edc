"""Errors of the pages; each message tells the person what to do next."""

from django.core.exceptions import PermissionDenied


class PageError(PermissionDenied):
    """An act on a page that is refused."""


class IndexNumberTaken(PageError):
    """Another page has the index number."""


class WithdrawalReasonMissing(PageError):
    """A public page was to be withdrawn without a reason that the public can read."""


class NotWithdrawn(PageError):
    """The page cannot be withdrawn: it is not public, or public pages stand below it."""


class RemovedBefore(PageError):
    """A file was sent that two people took out of the site, for a personal datum in it."""
