"""What can be refused about accounts and offices, each told in words that say what to do next."""


class PeopleError(Exception):
    """An act on an account or an office that cannot be done as asked; the message is shown to the person."""


class NotPermitted(PeopleError):
    """The acting person holds no security administrator's office over the area."""


class WrongLevel(PeopleError):
    """The role is not held at an area of this level."""


class RolesExclude(PeopleError):
    """The person already holds an office that excludes this one."""


class AlreadyHeld(PeopleError):
    """The person already holds this very office in the same days."""


class BadDates(PeopleError):
    """The dates contradict each other."""


class BadAccount(PeopleError):
    """The name of the account cannot be used, or the account is not one person's."""


class WrongCode(PeopleError):
    """The code that an invitation takes is not the one that was told."""


class ReasonMissing(PeopleError):
    """The act needs a reason."""


class LastAdministrator(PeopleError):
    """Nobody would be left to grant offices."""


class TakesTwo(PeopleError):
    """One person alone may not do this: another has to agree."""
