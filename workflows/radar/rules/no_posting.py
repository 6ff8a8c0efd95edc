"""Missing proof of posting: a list whose period is over without the photos that its place asks for."""

from collections.abc import Iterator

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import PublicList
from disclosure.publicity.proofs import proofs_of
from portal import clock
from portal.areas.models import Level

from ..rule import Found, Rule, Weight, Window


def find(window: Window) -> Iterator[Found]:
    """Yield the lists that ended without proof that they hung on the village's board."""
    for numbers in window.chunks("list.ended"):
        lists = PublicList.objects.filter(number__in=numbers, area__level=Level.VILLAGE)
        for list_ in lists.select_related("area").prefetch_related("postings"):
            proofs = proofs_of(list_, list(list_.postings.all()), clock.today())
            lacking = [f"{proof.label}：{proof.state.label}" for proof in proofs if proof.lacking]
            if not lacking:
                continue
            yield Found(
                key=list_.number,
                area=list_.area,
                line=list_.line,
                reason=translate("公示期满了，村公开栏张贴的照片不全。%(lacking)s。")
                % {"lacking": "；".join(lacking)},
                objects=[("list", list_.number)],
                happened_at=list_.ended_at or list_.published_at,
            )


RULE = Rule(
    code="no_posting",
    title=_("没有张贴的证明"),
    why=_("没有照片证明名单在村里贴过。老人不上网，没贴就等于没公示。"),
    find=find,
    weight=Weight.LIGHT,
)
