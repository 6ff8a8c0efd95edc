"""What the ledger's records say, in words: the names of their entries and of the codes in them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.deliberations.models import MeetingStep
from disclosure.publicity.models import ListKind, ObjectionState
from portal.people.models import Line, Role
from workflows.engine import catalogue
from workflows.engine.definitions import Verdict
from workflows.engine.models import ActKind, CaseState
from workflows.programmes.answers import yuan

# What an entry of a record is called; one that is not here is shown by its own name.
LABELS = {
    "act": _("办的事"),
    "verdict": _("怎么定的"),
    "from": _("从哪一环节"),
    "to": _("到哪一环节"),
    "step": _("环节"),
    "state": _("办件状态"),
    "batch": _("批次"),
    "case": _("办件"),
    "cases": _("办件"),
    "parent": _("从哪一批分出"),
    "list": _("名单"),
    "deliberation": _("会议"),
    "version": _("第几次改动"),
    "round": _("第几轮"),
    "amount_fen": _("金额"),
    "before_fen": _("原来的金额"),
    "total_fen": _("合计"),
    "digest": _("名单指纹"),
    "voted_digest": _("会上表决的名单指纹"),
    "list_digest": _("会上名单的指纹"),
    "sha256": _("文件指纹"),
    "original_sha256": _("原件指纹"),
    "files": _("照片指纹"),
    "file": _("文件指纹"),
    "photo": _("照片指纹"),
    "reference": _("存在哪里"),
    "belongs_to": _("属于"),
    "original": _("上传时的原件"),
    "content_type": _("文件类型"),
    "size": _("字节数"),
    "row_count": _("户数"),
    "rows": _("行数"),
    "title": _("名称"),
    "scheme": _("项目版本"),
    "instead_of": _("替谁办"),
    "seen_on": _("哪天看见"),
    "visited_on": _("入户日期"),
    "held_on": _("开会日期"),
    "paid_on": _("拨付日期"),
    "served_on": _("送达日期"),
    "received_on": _("收到日期"),
    "started_on": _("开始日期"),
    "starts_on": _("从哪天起"),
    "ends_on": _("到哪天止"),
    "closes_on": _("截止日期"),
    "due_on": _("期限"),
    "answer_by": _("整改期限"),
    "answered_at": _("报结果的时间"),
    "concerns": _("说的是哪位干部"),
    "besides": _("还说到哪几位干部"),
    "valid_from": _("启用日期"),
    "days": _("天数"),
    "due": _("应到"),
    "present": _("实到"),
    "for": _("赞成"),
    "against": _("反对"),
    "abstained": _("弃权"),
    "passed": _("通过"),
    "merged": _("两会合开"),
    "meeting": _("哪次会"),
    "role": _("职务"),
    "user": _("账号"),
    "username": _("账号"),
    "official": _("账号"),
    "outcome": _("结果"),
    "correction": _("名单更正"),
    "overdue": _("超期"),
    "late": _("期满后提的"),
    "note": _("说明"),
    "left": _("换成了别的字的地方"),
    "unlike": _("删以前就和账本记的不一样"),
    "stays": _("删不掉的账本记录"),
    "reason": _("理由"),
    "why": _("理由"),
    "source": _("来源"),
    "year": _("年度"),
    "kind": _("种类"),
    "key": _("配置项"),
    "value": _("值"),
    "channel": _("渠道"),
    "number": _("编号"),
    "filters": _("怎么筛的"),
    "table": _("哪张表"),
    "form": _("形式"),
    "events": _("笔数"),
    "field": _("看了哪一项"),
    "posting": _("哪次张贴"),
    "seats": _("轮到谁"),
    "taken_at": _("照片自带的时间"),
    "claimed_at": _("所称时间"),
    "mark": _("亮的灯"),
    "told": _("告诉了谁"),
    "row": _("哪一行"),
    "receipt": _("回执"),
    "ground": _("异议理由"),
    "members": _("人口"),
    "category": _("类别"),
    "change": _("变更"),
    "deliberated": _("议过"),
    "object": _("对象"),
    "line": _("条线"),
    "definition": _("内容指纹"),
}
DIGESTS = frozenset(
    ["digest", "voted_digest", "list_digest", "sha256", "original_sha256", "files", "file", "photo"]
)


def role_name(role: str) -> str:
    """Return what an office is called; nothing for an act of the clock."""
    return str(Role(role).label) if role in Role.values else role


def line_name(line: str) -> str:
    """Return what a line is called."""
    return str(Line(line).label) if line in Line.values else line


def entry(key: str, said: Any, flow: tuple[str, int] | None = None) -> str:
    """Return what stands under `key` of a record, in words; `flow` names the steps of its own flow."""
    if said is None or said == "" or said == [] or said == {}:
        return translate("没有")
    if isinstance(said, bool):
        return translate("是") if said else translate("否")
    if key.endswith("_fen") and isinstance(said, int):
        return translate("%(yuan)s 元") % {"yuan": yuan(said)}
    if isinstance(said, list):
        return "、".join(entry(key, one, flow) for one in said)
    if isinstance(said, Mapping):
        return "；".join(f"{LABELS.get(name, name)} {entry(name, one, flow)}" for name, one in said.items())
    return _code(key, str(said), flow)


def _code(key: str, said: str, flow: tuple[str, int] | None) -> str:
    if key in ("from", "to", "step"):
        return _step(said, flow)
    if key in ("role", "seats"):
        return role_name(said)
    return str(_CODES.get(key, {}).get(said, said))


_CODES: dict[str, Mapping[str, Any]] = {
    "act": dict(ActKind.choices),
    "verdict": dict(Verdict.choices),
    "state": {**dict(CaseState.choices), "passed": _("通过"), "failed": _("没有通过")},
    "meeting": dict(MeetingStep.choices),
    "outcome": dict(ObjectionState.choices),
    "kind": dict(ListKind.choices),
}


def _step(key: str, flow: tuple[str, int] | None) -> str:
    if flow is not None:
        try:
            return catalogue.flow(*flow).step(key).name
        except KeyError:
            pass
    return _step_names().get(key, key)


@lru_cache(maxsize=1)
def _step_names() -> dict[str, str]:
    """Return what each step is called; one that flows call differently by all its names."""
    names: dict[str, dict[str, None]] = {}
    for flow in catalogue.all_flows():
        for step in flow.steps:
            names.setdefault(step.key, {})[step.name] = None
    meetings = {key: {str(label): None} for key, label in MeetingStep.choices}
    return {key: " / ".join(found) for key, found in {**meetings, **names}.items()}


def moment(at: datetime | None) -> str:
    """Return date and time to the second, Asia/Shanghai."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""
