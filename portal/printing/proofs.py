"""What a printed sheet carries of the ledger: the root of a signed tree, and a QR code to the proof.

The root is that of the first signed tree that holds the event. It never changes, and the page behind the code
shows the same for as long as there is a ledger: paper and portal can be laid side by side years later.
"""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from portal.ledger import checkpoints
from portal.ledger.models import Head

from . import qr

NOTHING: Mapping[str, str] = {"proof_svg": "", "proof_words": ""}


def proof(sequence: int | None) -> Mapping[str, str]:
    """Return code and words for the proof of event `sequence`, empty ones where there is none (one query)."""
    return proofs([sequence]).get(sequence, NOTHING) if sequence else NOTHING


def proofs(sequences: Iterable[int | None]) -> dict[int | None, Mapping[str, str]]:
    """Return code and words for each of `sequences` (one query for all)."""
    wanted = {sequence for sequence in sequences if sequence}
    signed = checkpoints.first_covering(wanted)
    return {sequence: _proof(sequence, signed.get(sequence)) for sequence in wanted}


def standing() -> str:
    """Return where the ledger stands before this print, so that paper and ledger can be compared later."""
    head = Head.objects.first()
    if head is None:
        return _("账本还没有记录。")
    said = _("打印时账本共 %(size)s 条，树根 %(root)s。") % {"size": head.size, "root": head.root}
    signed = checkpoints.latest()
    if signed is None:
        return said
    return said + _("最近签名的检查点：%(size)s 条，总指纹 %(root)s。") % {
        "size": signed.size,
        "root": signed.root,
    }


def _proof(sequence: int, signed: tuple[int, str] | None) -> dict[str, str]:
    address = f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}/verify/{sequence}/"
    words = _("扫码核对：总账第 %(number)s 笔，") % {"number": sequence}
    if signed is None:
        words += _("打印时还没有轮到签名，过几分钟就有证明。")
    else:
        words += _("签进 %(size)s 笔的总账，总指纹 %(root)s。") % {"size": signed[0], "root": signed[1]}
    return {"proof_svg": qr.svg(address), "proof_words": words}
