"""Verify the ledger from the stored events; exit code 1 and the first bad event where it does not hold."""

import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.ledger import trust
from portal.ledger.memory import MemoryLost
from portal.ledger.notes import BadNote
from portal.ledger.outside import Pinned
from portal.ledger.verifier import verify


class Command(BaseCommand):
    """`manage.py verify_ledger [--noted SIZE:ROOT] [--memory FILE] [--trust FILE]`."""

    help = "从存着的事件重新计算账本，指出第一条对不上的事件"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what somebody keeps outside the database, for the events to be held against."""
        parser.add_argument("--noted", metavar="SIZE:ROOT", help="以前另外记下的“条数:树根”，一并核对")
        parser.add_argument("--memory", type=Path, help="签名员或见证人记着签过什么的文件，一并核对")
        parser.add_argument(
            "--only-events", action="store_true", help="只核对事件，不核对办件、名单、附件（快得多）"
        )
        parser.add_argument("--trust", type=Path, help="您自己留存的信任文件，不用门户的那份")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and print what was found."""
        try:
            policy = trust.parse(options["trust"].read_text(encoding="utf-8")) if options["trust"] else None
            pinned = Pinned.of(options["memory"]) if options["memory"] else None
            report = verify(
                _noted(options["noted"]), policy=policy, pinned=pinned, rows=not options["only_events"]
            )
        except (MemoryLost, BadNote, OSError) as error:
            raise CommandError(str(error)) from None
        if report.fault:
            self.stderr.write(self.style.ERROR(_("账本对不上。%(fault)s") % {"fault": report.fault}))
            self.stderr.write(
                _("在它之前的 %(size)d 条都对得上。") % {"size": min(report.size, report.fault.sequence - 1)}
            )
            sys.exit(1)
        self.stdout.write(
            self.style.SUCCESS(
                _("账本完好：共 %(size)d 条，树根 %(root)s") % {"size": report.size, "root": report.root}
            )
        )
        self.stdout.write(
            _("检查点 %(checkpoints)d 个，其中 %(cosigned)d 个有见证；散列块 %(tiles)d 个，都对得上")
            % {"checkpoints": report.checkpoints, "cosigned": report.cosigned, "tiles": report.tiles}
        )
        notes = list(report.unchecked)
        if report.uncounted:
            notes.append(
                _("有 %(tables)d 张表没有点过底数，多出的行可能查不出，请运行 manage.py count_rows")
                % {"tables": report.uncounted}
            )
        for words in notes:
            self.stdout.write(self.style.WARNING(_("注意：%(words)s") % {"words": words}))


def _noted(text: str | None) -> tuple[int, str] | None:
    if not text:
        return None
    match = re.fullmatch(r"([1-9]\d*):([0-9a-f]{64})", text.strip().lower())
    if not match:
        raise CommandError(_("--noted 要写成“条数:树根”，例如 120:后接 64 位十六进制树根"))
    return int(match[1]), match[2]
