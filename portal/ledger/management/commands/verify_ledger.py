"""Verify the ledger from the stored events; exit code 1 and the first bad event where it does not hold."""

import re
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.ledger.verifier import verify


class Command(BaseCommand):
    """`manage.py verify_ledger [--noted SIZE:ROOT]`."""

    help = "从存着的事件重新计算账本，指出第一条对不上的事件"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size and root that somebody noted earlier, outside the database."""
        parser.add_argument("--noted", metavar="SIZE:ROOT", help="以前另外记下的“条数:树根”，一并核对")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and print what was found."""
        report = verify(_noted(options["noted"]))
        if report.fault:
            self.stderr.write(self.style.ERROR(_("账本对不上。%(fault)s") % {"fault": report.fault}))
            self.stderr.write(_("在它之前的 %(size)d 条都对得上。") % {"size": report.size})
            sys.exit(1)
        self.stdout.write(
            self.style.SUCCESS(
                _("账本完好：共 %(size)d 条，树根 %(root)s") % {"size": report.size, "root": report.root}
            )
        )


def _noted(text: str | None) -> tuple[int, str] | None:
    if not text:
        return None
    match = re.fullmatch(r"([1-9]\d*):([0-9a-f]{64})", text.strip().lower())
    if not match:
        raise CommandError(_("--noted 要写成“条数:树根”，例如 120:后接 64 位十六进制树根"))
    return int(match[1]), match[2]
