"""What the objects of events are called, which page of the desk shows them, and how they are asked for."""

import re
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# What an object is called and which page of the desk shows it, by its own number.
OBJECTS: dict[str, tuple[Any, str]] = {
    "case": (_("办件"), "desk:case"),
    "batch": (_("批次"), "desk:batch"),
    "list": (_("名单"), "desk:list"),
    "objection": (_("异议"), "desk:objection"),
    "request": (_("来访申请"), "desk:request"),
    "programme": (_("项目"), "desk:programme"),
    "village": (_("村务"), "desk:matter"),
    "household": (_("户档"), "desk:household"),
    "file": (_("附件"), "private_file"),
    "erratum": (_("网页纠错"), "desk:erratum"),
    "deliberation": (_("会议"), ""),
    "office": (_("任职"), ""),
    "account": (_("账号"), ""),
    "setting": (_("配置"), ""),
    "page": (_("网页"), ""),
    "policy": (_("政策文件"), ""),
    "redaction": (_("紧急删去"), ""),
    "evidence": (_("证据包"), ""),
    "outage": (_("网站停用"), ""),
    "flag": (_("线索"), "desk:flag"),
    "rule": (_("雷达规则"), ""),
    "outside": (_("外来名单"), ""),
    "export": (_("导出"), ""),
    "import": (_("批量登记"), ""),
    "ticket": (_("整改单"), "desk:ticket"),
    "report": (_("督查报告"), "desk:fortnight"),
    "assessment": (_("考核"), "desk:assessment"),
    "spotcheck": (_("抽查"), "desk:spot_check"),
    "joint_act": (_("两人共办"), ""),
    "inquiry": (_("监督检索"), ""),
    "inquiry_opening": (_("检索开封"), ""),
    "area": (_("区划"), ""),
    "area_file": (_("区划文件"), ""),
    "site": (_("网站"), ""),
    "robot": (_("群机器人"), ""),
    "upload": (_("公开文件"), ""),
    "duplicate": (_("疑似重复"), ""),
    "ledger": (_("账本"), ""),
}
# Screens whose address names the object by its number, the others' by a key.
BY_NUMBER = {
    *("desk:case", "desk:batch", "desk:list", "desk:matter", "desk:programme", "desk:ticket"),
    *("desk:spot_check", "desk:assessment", "desk:fortnight"),
}


def words_of(kind: str, key: str) -> str:
    """Return what an object is called, with its number."""
    label, _route = OBJECTS.get(kind, (kind, ""))
    return f"{label} {key}"


def address_of(kind: str, key: str) -> str:
    """Return the page of an object; nothing where it has none, or its key cannot stand in an address."""
    _label, route = OBJECTS.get(kind, ("", ""))
    if not route:
        return ""
    if route in BY_NUMBER:
        return reverse(route, args=[key]) if key.replace("-", "").replace("_", "").isalnum() else ""
    return reverse(route, args=[int(key)]) if key.isdecimal() else ""


def named(text: str) -> tuple[str, str] | None:
    """Return kind and key of an object named as the pages name it, ``异议 5``, or as ``objection:5``."""
    kind, colon, key = text.partition(":")
    if colon:
        return kind, key
    said = re.fullmatch(r"([\u3400-\u9fff]+)\s*([\w-]+)", text)
    kinds = {str(label): kind for kind, (label, _route) in OBJECTS.items()}
    return (kinds[said[1]], said[2]) if said and said[1] in kinds else None
