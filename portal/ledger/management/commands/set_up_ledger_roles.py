"""Set up the accounts of PostgreSQL so that the portal can only add to the ledger and read it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger import roles


class Command(BaseCommand):
    """`manage.py set_up_ledger_roles --application NAME --auditor NAME --owner NAME`, as administrator."""

    help = "给 PostgreSQL 的三个账号定权限，装上拦改动的触发器；每次 migrate 之后再运行一次"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the three accounts, which exist already."""
        parser.add_argument("--application", default="mingbai", help="门户用的账号")
        parser.add_argument("--auditor", default="mingbai_auditor", help="审计、签名员、见证人用的账号")
        parser.add_argument("--owner", default="mingbai_owner", help="只在 migrate 时用的账号")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set up, and say what the account of this very connection can still do too much."""
        try:
            done = roles.set_up(options["application"], options["auditor"], options["owner"])
        except (roles.NotPostgreSQL, ValueError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            _("已执行 %(count)d 条。用门户的账号再运行 check --deploy 核对") % {"count": len(done)}
        )
