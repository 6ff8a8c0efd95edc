"""Startup checks of the ledger on a county's server: the database's accounts, a signer that is trusted."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.utils.translation import gettext as _

from . import counting, notes, roles, trust


@register(Tags.database, deploy=True)
def the_database_denies(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the portal's own account could change what the ledger holds."""
    if not _is_there(databases):
        return []
    hint = _("以数据库管理员的身份运行 manage.py set_up_ledger_roles（docs/ledger.md）。")
    return [Warning(words, hint=hint, id="portal_ledger.W001") for words in roles.shortcomings()]


@register(Tags.database, deploy=True)
def somebody_signs(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where no signer is trusted yet, or the trust file cannot be read."""
    if "default" not in (databases or ()):
        return []
    try:
        policy = trust.policy()
    except notes.BadNote as error:
        return [Warning(str(error), id="portal_ledger.W002")]
    if policy.logs:
        return []
    return [
        Warning(
            _("账本还没有签名员：改写整个数据库不会被发现。"),
            hint=_("生成密钥、写好信任文件、启动签名员，办法见 docs/ledger.md。"),
            id="portal_ledger.W003",
        )
    ]


@register(Tags.database, deploy=True)
def rows_were_counted(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where a row could be put into a followed table and nobody would notice."""
    tables = counting.uncounted() if _is_there(databases) else []
    if not tables:
        return []
    words = _("有 %(tables)d 张表没有点过底数，多出的行可能查不出。") % {"tables": len(tables)}
    return [Warning(words, hint=_("运行 manage.py count_rows（docs/ledger.md）。"), id="portal_ledger.W004")]


def _is_there(databases: Sequence[str] | None) -> bool:
    """Return whether the ledger's database is looked at, and migrated."""
    asked = "default" in (databases or ())
    return asked and roles.EVENTS in connections["default"].introspection.table_names()
