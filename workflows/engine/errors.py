"""What the engine answers where an act is refused; each message tells the person what to do next."""

from django.utils.translation import gettext as _


class ActRefused(Exception):
    """An act that the engine did not do. `str()` is a sentence for the official."""


class StaleCase(ActRefused):
    """The batch changed since the official saw it."""

    def __init__(self, by: str = "", *, yourself: bool = False) -> None:
        who = _("您自己") if yourself else by or _("别人")
        super().__init__(
            _("您看到的内容已经变了：%(who)s刚办过这一批。请刷新后再看一遍再办。") % {"who": who}
        )


class NotYourTurn(ActRefused):
    """The actor holds no office that may act at this step."""


class NoSuchBatch(NotYourTurn):
    """Missing, or outside every office of the actor: one answer for both (design.md rule 2)."""

    def __init__(self) -> None:
        super().__init__(_("没有找到这一批，可能不归您管。请从待办里打开要办的事。"))


class ActedAtAnotherLevel(ActRefused):
    """The actor already took part at another level, or in another seat (design.md rule 3)."""


class NothingSigned(ActRefused):
    """No row could be signed; `rows` maps case numbers to the reason of each."""

    def __init__(self, rows: dict[str, str]) -> None:
        self.rows = rows
        reasons = "；".join(dict.fromkeys(rows.values()))
        super().__init__(_("这一批一户也没有办成：%(reasons)s") % {"reasons": reasons or _("没有选择意见")})


class BadAct(ActRefused):
    """The act is not one that this step knows, or lacks something that it must carry."""


class KeyReused(ActRefused):
    """An idempotency key came again with another act."""

    def __init__(self) -> None:
        super().__init__(_("这张表单已经用来办过另一件事，请重新打开页面。"))
