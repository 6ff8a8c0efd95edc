"""What can be wrong with a setting, each told in words that say what to do next."""


class ConfigurationError(Exception):
    """A setting that cannot be proposed or confirmed as asked; the message is shown to the person."""


class UnknownKey(ConfigurationError):
    """No room registered this key."""


class NotYourSetting(ConfigurationError):
    """The person holds no office that may propose or confirm this setting."""


class SamePerson(ConfigurationError):
    """A second person must confirm."""


class BadValue(ConfigurationError):
    """The value does not fit the key, or its date or source is missing."""


class AlreadyConfirmed(ConfigurationError):
    """The setting was confirmed before."""


class TurnedDown(ConfigurationError):
    """The setting was turned down before."""


class ReasonMissing(ConfigurationError):
    """A setting is turned down with a reason."""
