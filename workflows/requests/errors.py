"""What can be wrong with a request or an act on it; each message says what to do next."""

from collections.abc import Mapping

from django.utils.translation import gettext as _


class RequestError(Exception):
    """Something about a request that cannot be done; `str()` says what to do."""


class BadRequest(RequestError):
    """What was written cannot be registered; `fields` has a sentence for each input that is wrong."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("；".join(dict.fromkeys(self.fields.values())))


class NoSuchRequest(RequestError):
    """There is no such request, or none that the person may see."""

    def __init__(self) -> None:
        super().__init__(_("没有找到这件申请，请核对。"))


class NotYours(RequestError):
    """The person does not handle this request."""


class StaleRequest(RequestError):
    """Somebody acted on the request after the page was opened."""

    def __init__(self) -> None:
        super().__init__(_("您打开页面以后，这件已经有人办过。现在的情况在下面，您写的还在，请看过再办。"))


class MustStepAside(RequestError):
    """Who would answer is related to the asking household, or is the one complained of."""


class Settled(RequestError):
    """The request is filed or answered already."""

    def __init__(self) -> None:
        super().__init__(_("这件已经办过（立案或答复），不能再办。"))
