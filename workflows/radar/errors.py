"""What can go wrong with a clue; every message tells the person what to do next."""

from django.utils.translation import gettext as _


class RadarError(Exception):
    """Something was not done; `str()` says what to do."""


class NoSuchFlag(RadarError):
    """A clue that is missing or beyond the person's offices."""

    def __init__(self) -> None:
        super().__init__(_("没有找到这条线索，请核对后再办。"))


class StaleFlag(RadarError):
    """Somebody else acted on the clue meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("这条线索刚才被别人办过，请看看现在的样子再办。您填的还在下面。"))


class BadFlagAct(RadarError):
    """Something in the form is wrong; `wrong` says what at which field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__("".join(wrong.values()))
        self.wrong = wrong
