"""Settings of the desk: the usual opinions, and how long a draft is kept."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys
from workflows.engine.definitions import Step, StepKind

DRAFT_DAYS = "desk.draft_days"
LONGEST_PHRASE, MOST_PHRASES = 40, 12

# domain.md section 7 [S51]; the words at filing, acceptance and payment are common practice.
PHRASES: dict[StepKind, list[str]] = {
    StepKind.FILE: ["情况属实，请审核"],
    StepKind.CHECK: ["情况属实，拟同意", "拟同意，请阅示", "修改后重报", "暂缓办理"],
    StepKind.DECIDE: ["同意", "拟同意，请阅示", "请阅处", "修改后重报", "暂缓办理"],
    StepKind.RECORD: ["已备案", "已阅"],
    StepKind.ACCEPT: ["验收合格", "按核定数验收", "整改后再验"],
    StepKind.PAY: ["已按核定的金额发放"],
}


# A step with usual opinions of its own: nothing is filed there, a place in the queue is judged.
WAITING = "waiting"
STEP_PHRASES: dict[str, list[str]] = {
    WAITING: ["资金已有余，同意按名次递补", "资金仍不够，继续候补", "情况有变，不再符合条件，不予递补"],
}


def phrase_key(kind: str) -> str:
    """Return the key of the setting that holds the usual opinions at steps of `kind`."""
    return f"desk.phrases.{kind}"


def phrases_at(step: Step) -> str:
    """Return under which name the usual opinions at `step` are set; empty where it has none."""
    if step.key in STEP_PHRASES:
        return step.key
    return step.kind if step.kind in PHRASES else ""


def _wrong_phrases(given: Any) -> str | None:
    if len(given) > MOST_PHRASES:
        return translate("常用意见最多 %(most)s 条") % {"most": MOST_PHRASES}
    if any(not isinstance(one, str) or not 0 < len(one) <= LONGEST_PHRASE for one in given):
        return translate("每条意见要写字，最多 %(most)s 个字") % {"most": LONGEST_PHRASE}
    return None


def _wrong_days(given: Any) -> str | None:
    return None if 1 <= given <= 60 else translate("草稿保留 1 到 60 天")


def register() -> None:
    """Register every setting of this room."""
    for kind, phrases in PHRASES.items():
        label: str | Promise = f"常用意见·{StepKind(kind).label}"
        keys.register(
            phrase_key(kind),
            default=phrases,
            source="办文习惯用语（S51）；县里可以增减",
            verified=True,
            label=label,
            check=_wrong_phrases,
        )
    keys.register(
        phrase_key(WAITING),
        default=STEP_PHRASES[WAITING],
        source="候补环节的用语，系统拟定（GK）；县里可以增减",
        verified=False,
        label=_("常用意见·候补"),
        check=_wrong_phrases,
    )
    keys.register(
        DRAFT_DAYS,
        default=14,
        source="系统自定：没有办完的内容最多保留的天数",
        verified=True,
        label=_("没有办完的内容保留几天"),
        technical=True,
        check=_wrong_days,
    )
