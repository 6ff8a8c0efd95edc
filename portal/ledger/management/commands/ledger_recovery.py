"""After a restore from backup: state what was lost, have the witness sign it, record it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger import memory, notes, recovery, signers, witnessing


class Command(BaseCommand):
    """`manage.py ledger_recovery state|sign|record`: three steps by two parties (docs/ledger.md)."""

    help = "从备份恢复以后：出声明（state）、见证人签名（sign）、登记（record）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the step and its files."""
        parser.add_argument("step", choices=["state", "sign", "record"])
        parser.add_argument("file", type=Path, help="声明文件：state 写它，sign 签它，record 登记它")
        parser.add_argument("--lost", type=Path, help="state：丢掉的最后一个检查点（签名员或见证人手里的）")
        parser.add_argument("--reason", help="state：为什么恢复、用的哪份备份、丢了哪段时间的记录")
        parser.add_argument("--key", type=Path, help="sign：见证人的密钥文件")
        parser.add_argument("--memory", type=Path, help="sign：见证人记着见证过什么的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the step; CommandError says why it cannot be taken."""
        try:
            getattr(self, f"_{options['step']}")(options["file"], options)
        except (
            notes.BadNote,
            recovery.NotLawful,
            signers.CannotSign,
            memory.MemoryLost,
            witnessing.NotConsistent,
            OSError,
        ) as error:
            raise CommandError(str(error)) from None

    def _state(self, file: Path, options: dict[str, Any]) -> None:
        if not options["lost"] or not options["reason"]:
            raise CommandError(_("写 --lost 丢掉的检查点和 --reason 原因"))
        lost = notes.parse(options["lost"].read_text(encoding="utf-8"))
        statement = recovery.state(lost, options["reason"])
        file.write_text(statement.text(), encoding="utf-8")
        self.stdout.write(
            _("声明已写入 %(file)s：恢复到 %(kept)d 笔，丢了其后到 %(lost)d 笔。请见证人核实后签名")
            % {"file": file, "kept": statement.restored.size, "lost": statement.lost.size}
        )

    def _sign(self, file: Path, options: dict[str, Any]) -> None:
        if not options["key"] or not options["memory"]:
            raise CommandError(_("写 --key 和 --memory"))
        text = file.read_text(encoding="utf-8")
        with memory.opened(options["memory"]) as mind:
            note = witnessing.sign_recovery(signers.from_file(options["key"]), mind, text)
        file.write_text(str(note), encoding="utf-8")
        self.stdout.write(_("已签名：%(file)s") % {"file": file})

    def _record(self, file: Path, options: dict[str, Any]) -> None:
        event = recovery.record(file.read_text(encoding="utf-8"))
        self.stdout.write(_("已登记为第 %(number)d 笔。可以启用门户了") % {"number": event.sequence})
