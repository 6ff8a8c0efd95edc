"""The JSON Schemas (2020-12) of every answer of the API: published, and what its tests go by."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disclosure.masking.kinds import Content
from disclosure.publicity.models import ListKind, ListState
from portal.areas.models import Level

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _text(about: Any, **more: Any) -> Schema:
    return {"type": "string", "description": about, **more}


def _number(about: Any, *, none: bool = False, least: int = 0) -> Schema:
    kind: Any = ["integer", "null"] if none else "integer"
    return {"type": kind, "minimum": least, "description": about}


def _object(about: Any, properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _page(about: Any, items: str, **more: Schema) -> Schema:
    link = {"type": ["string", "null"], "description": _("网址，没有就是 null")}
    return _object(
        about,
        {
            **more,
            "total": _number(_("一共多少条")),
            "page": _number(_("第几页"), least=1),
            "per_page": _number(_("一页几条"), least=1),
            "pages": _number(_("一共几页"), least=1),
            "previous": link,
            "next": link,
            "results": {"type": "array", "items": _ref(items)},
        },
    )


DAY = {"format": "date"}
CODE = {"pattern": "^[0-9]{12}$"}
_list = {
    "number": _text(_("名单编号，永久不变")),
    "title": _text(_("标题")),
    "kind": _text(_("哪一次公开"), enum=[*ListKind.values]),
    "kind_label": _text(_("哪一次公开（中文）")),
    "content": _text(_("名单的内容"), enum=[*Content.values]),
    "content_label": _text(_("名单的内容（中文）")),
    "area": _ref("place"),
    "line": _text(_("条线")),
    "series": _text(_("第一版的编号，各版相同")),
    "version": _number(_("第几版"), least=1),
    "state": _text(_("状态"), enum=[*ListState.values]),
    "state_label": _text(_("状态（中文）")),
    "published_at": _text(_("发布时间"), format="date-time"),
    "starts_on": _text(_("公示开始"), **DAY),
    "closes_on": _text(_("公示截止，到这一天24时"), **DAY),
    "days": _number(_("公示几天")),
    "day_kind": _text(_("自然日还是工作日"), enum=["calendar", "working"]),
    "count": _number(_("多少户（单位、项、笔，见 unit）")),
    "unit": _text(_("数的是什么")),
    "total_fen": _number(_("合计，单位是分；不发钱的名单是 null"), none=True),
    "allocation": {"oneOf": [_ref("allocation"), {"type": "null"}]},
    "digest": _text(_("名单指纹"), pattern="^[0-9a-f]{64}$"),
    "url": _text(_("名单的网页")),
    "lines_url": _text(_("名单明细的接口地址")),
}
DEFS: dict[str, Schema] = {
    "place": _object(
        _("地方"),
        {"code": _text(_("区划代码"), **CODE), "name": _text(_("名称")), "full_name": _text(_("全称"))},
    ),
    "allocation": _object(
        _("资金分配的事实"),
        {
            "document": _text(_("按哪份文件")),
            "total_fen": _number(_("下达多少，单位是分")),
            "handed_down_on": _text(_("哪天下达"), **DAY),
            "due_on": _text(_("最晚哪天公开"), **DAY),
            "late": {"type": "boolean", "description": _("是不是公开晚了")},
        },
    ),
    "list": _object(_("一份公示名单的一版"), _list),
    "line": _object(
        _(
            "名单的一行：能逐行公开的是一户（不写姓名和小组），不能的是一个事项的合计。各行加起来等于名单的合计。"
        ),
        {
            "position": {**_number(_("名单上第几行；合计是 null"), none=True, least=1)},
            "item": _text(_("做什么")),
            "count": _number(_("几户"), least=0),
            "amount_fen": _number(_("金额，单位是分；不发钱的是 null"), none=True),
            "reduced_fen": _number(_("比村里报的少多少，单位是分"), none=True),
            "note": _text(_("说明")),
            "reason": _text(_("为什么")),
            "basis": _text(_("依据")),
            "basis_url": _text(_("依据的网页")),
            "level": _text(_("哪一级定的")),
            "effect": _text(_("成效")),
            "sent_back": {"type": "boolean", "description": _("异议成立，退回重查")},
        },
    ),
    "area": _object(
        _("一个市、县、乡镇或村"),
        {
            "code": _text(_("区划代码"), **CODE),
            "name": _text(_("名称")),
            "level": _text(_("哪一级"), enum=[*Level.values]),
            "parent": {"type": ["string", "null"], "description": _("上一级的区划代码"), **CODE},
            "valid_from": _text(_("启用日期"), **DAY),
            "valid_to": {"type": ["string", "null"], "description": _("停用日期"), **DAY},
            "url": _text(_("这个地方的网页")),
            "lists_url": _text(_("这个地方的名单的接口地址")),
        },
    ),
}
SCHEMAS: dict[str, Schema] = {
    "lists": _page(_("名单，新的在前"), "list"),
    "list": _ref("list"),
    "lines": _page(_("一份名单的明细"), "line", list=_ref("list")),
    "areas": _page(_("各级地方"), "area"),
    "area": _ref("area"),
    "list-file": _object(
        _("一份名单连同全部明细"), {"list": _ref("list"), "lines": {"type": "array", "items": _ref("line")}}
    ),
    "area-file": _object(
        _("一个地方和下面各村现行的全部名单"),
        {
            "area": _ref("area"),
            "lists": {
                "type": "array",
                "items": _object(
                    _("一份名单连同全部明细"),
                    {"list": _ref("list"), "lines": {"type": "array", "items": _ref("line")}},
                ),
            },
        },
    ),
    "error": _object(
        _("为什么不行，该怎么办（RFC 9457）"),
        {
            "type": _text(_("这种情况的网址，没有就是 about:blank")),
            "title": _text(_("简短的说法")),
            "status": _number(_("HTTP 状态码"), least=400),
            "code": _text(_("代号，给程序用")),
            "detail": _text(_("怎么回事，该怎么办（中文）")),
        },
    ),
}


def published(name: str) -> Schema:
    """Return the schema `name` as it is published, with all that it refers to; KeyError for none."""
    return plain({"$schema": DIALECT, "title": name, **SCHEMAS[name], "$defs": DEFS})


def plain(schema: Any) -> Any:
    """Return `schema` with its words in the reader's language."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [plain(value) for value in schema]
    return str(schema) if isinstance(schema, Promise) else schema
