"""The OpenAPI 3.1 document of the API, made of the same schemas that the answers are tested by."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from disclosure.masking.kinds import Content
from disclosure.publicity.models import ListKind, ListState
from portal.areas.models import Level

from . import schemas
from .lines import address

VERSION = "1.0"
FILE_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Parts = Sequence[dict[str, Any]]


def document() -> dict[str, Any]:
    """Return the whole document in the reader's language."""
    number = _in_path("number", _("名单编号"), {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"})
    code = _in_path("code", _("区划代码，12位"), {"type": "string", "pattern": "^[0-9]{12}$"})
    name = _in_path("name", _("哪一个 Schema"), {"type": "string", "enum": [*schemas.SCHEMAS]})
    form = _in_path("form", _("文件格式"), {"type": "string", "enum": [*FILE_TYPES]})
    paths = {
        "/api/v1/": _get(_("接口一览"), "index", (), {"application/json": {"type": "object"}}),
        "/api/v1/openapi.json": _get(
            _("本文件"),
            "description",
            (),
            {"application/vnd.oai.openapi+json;version=3.1": {"type": "object"}},
        ),
        "/api/v1/schemas/{name}.json": _get(
            _("一份 JSON Schema"), "schema", [name], {"application/schema+json": {"type": "object"}}
        ),
        "/api/v1/areas": _get(_("各级地方"), "areas", _area_filters(), _json("areas")),
        "/api/v1/areas/{code}": _get(_("一个地方"), "area", [code], _json("area")),
        "/api/v1/lists": _get(_("公示名单，新的在前"), "lists", _list_filters(), _json("lists")),
        "/api/v1/lists/{number}": _get(_("一份名单的一版"), "list", [number], _json("list")),
        "/api/v1/lists/{number}/lines": _get(
            _("一份名单的明细"), "lines", [number, *_paging(200, 500)], _json("lines")
        ),
        "/data/lists/{number}.{form}": _get(
            _("下载一份名单"), "listFile", [number, form], _files("list-file")
        ),
        "/data/areas/{code}.{form}": _get(
            _("下载一个地方和下面各村现行的全部名单"), "areaFile", [code, form], _files("area-file")
        ),
    }
    return schemas.plain(
        {
            "openapi": "3.1.0",
            "info": {
                "title": _("明白账开放数据"),
                "version": VERSION,
                "description": _(
                    "公示名单和各级地方的数据，不用登录，不写姓名。金额的单位是分。"
                    "同一件事村里议定、乡里核查、钱发下去各公开一次，按 kind 分开合计，不要重复相加。"
                    "每个回答都带 ETag；读得太密会得到429，按 Retry-After 等。"
                ),
            },
            "servers": [{"url": address("")}],
            "paths": paths,
            "components": {"schemas": _components()},
        }
    )


def _get(summary: str, name: str, parameters: Parts, content: Mapping[str, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/error"}}}
    error = {"description": _("不行的原因"), "content": problem}
    etag = {"ETag": {"schema": {"type": "string"}, "description": _("下次带上 If-None-Match，没有变就答304")}}
    wait = {"Retry-After": {"schema": {"type": "integer"}, "description": _("几秒以后再读")}}
    return {
        "get": {
            "summary": summary,
            "operationId": name,
            "parameters": [*parameters],
            "responses": {
                "200": {
                    "description": summary,
                    "headers": etag,
                    "content": {
                        kind: {"schema": schema} if "schema" not in schema else schema
                        for kind, schema in content.items()
                    },
                },
                "304": {"description": _("没有变")},
                **({"400": error} if any(one["in"] == "query" for one in parameters) else {}),
                "404": error,
                "429": {**error, "headers": wait},
                "503": {**error, "description": _("数据库连不上"), "headers": wait},
            },
        }
    }


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _files(name: str) -> dict[str, Any]:
    plain = {"csv": {"type": "string"}, "xlsx": {"type": "string", "contentEncoding": "binary"}}
    return {
        kind.partition(";")[0]: {"schema": plain.get(form, {"$ref": f"#/components/schemas/{name}"})}
        for form, kind in FILE_TYPES.items()
    }


def _components() -> dict[str, Any]:
    """Return the schemas under the names of the document; an answer and a part may bear the same one."""
    return {name: _moved(schema) for name, schema in {**schemas.DEFS, **_answers()}.items()}


def _answers() -> dict[str, Any]:
    return {name: schema for name, schema in schemas.SCHEMAS.items() if name not in schemas.DEFS}


def _moved(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _moved(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_moved(value) for value in schema]
    return schema.replace("#/$defs/", "#/components/schemas/") if isinstance(schema, str) else schema


def _in_path(name: str, about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def _in_query(name: str, about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _paging(usual: int, most: int) -> list[dict[str, Any]]:
    whole = {"type": "integer", "minimum": 1}
    return [
        _in_query("page", _("第几页，从1起"), {**whole, "maximum": 10_000, "default": 1}),
        _in_query("per_page", _("一页几条"), {**whole, "maximum": most, "default": usual}),
    ]


def _area_filters() -> list[dict[str, Any]]:
    within = {"type": "string", "pattern": "^[0-9]{12}$"}
    return [
        _in_query("within", _("只要这个区划代码和下面的"), within),
        _in_query("level", _("只要哪一级"), {"type": "string", "enum": [*Level.values]}),
        *_paging(100, 500),
    ]


def _list_filters() -> list[dict[str, Any]]:
    code = {"type": "string", "pattern": "^[0-9]{12}$"}
    on = {"type": "string", "format": "date"}
    return [
        _in_query("area", _("只要这个区划代码和下面各村的"), code),
        _in_query("kind", _("哪一次公开"), {"type": "string", "enum": [*ListKind.values]}),
        _in_query("content", _("名单的内容"), {"type": "string", "enum": [*Content.values]}),
        _in_query("state", _("状态"), {"type": "string", "enum": [*ListState.values]}),
        _in_query("since", _("公示开始不早于哪天"), on),
        _in_query("until", _("公示开始不晚于哪天"), on),
        _in_query(
            "versions", _("只要现行的，还是连更正前的各版"), {"type": "string", "enum": ["current", "all"]}
        ),
        *_paging(50, 200),
    ]
