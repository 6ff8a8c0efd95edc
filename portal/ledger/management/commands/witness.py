"""The discipline office's side: cosign what extends what it saw last, here or by files on a stick."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger import checkpoints, memory, notes, signers, witnessing


class Command(BaseCommand):
    """`manage.py witness --key FILE --memory FILE`, or `--request SIZE -o FILE`, or `--add FILE`."""

    help = "见证：核对账本是接着上次见证的往下写的，是就签名；也可出见证请求、收回签名"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the witness's key and memory, or what is to be handed to a witness and taken from it."""
        parser.add_argument("--key", type=Path, help="见证人的密钥文件")
        parser.add_argument("--memory", type=Path, help="见证过哪些检查点，记在这个文件里")
        parser.add_argument(
            "--request", type=int, metavar="SIZE", help="给见证人出请求：从他见证过的笔数算起，没有过写 0"
        )
        parser.add_argument("-o", "--output", type=Path, help="请求写到哪个文件")
        parser.add_argument("--add", type=Path, metavar="FILE", help="收回见证人签过名的检查点")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked; CommandError where the ledger contradicts what the witness saw."""
        try:
            if options["request"] is not None and options["output"]:
                self._request(options["request"], options["output"])
            elif options["add"]:
                new = checkpoints.add_cosignatures(options["add"].read_text(encoding="utf-8"))
                self.stdout.write(_("收到 %(count)d 个新的见证签名") % {"count": len(new)})
            elif options["key"] and options["memory"]:
                self._witness(options["key"], options["memory"])
            else:
                raise CommandError(_("写 --key 和 --memory，或者 --request 和 -o，或者 --add"))
        except witnessing.NothingToWitness as nothing:
            self.stdout.write(str(nothing))
        except (
            notes.BadNote,
            signers.CannotSign,
            memory.MemoryLost,
            witnessing.NotConsistent,
            OSError,
        ) as error:
            raise CommandError(str(error)) from None

    def _witness(self, key: Path, path: Path) -> None:
        signer = signers.from_file(key)
        with memory.opened(path) as mind:
            checkpoint = witnessing.witness(signer, mind)
        self.stdout.write(
            _("已见证：%(size)d 笔，总指纹 %(root)s") % {"size": checkpoint.size, "root": checkpoint.root}
        )

    def _request(self, size: int, output: Path) -> None:
        checkpoint = checkpoints.latest()
        if checkpoint is None or checkpoint.size < size:
            raise CommandError(_("没有比 %(size)d 笔更长的检查点") % {"size": size})
        output.write_text(witnessing.request(checkpoint, size), encoding="utf-8")
        self.stdout.write(_("请求已写入 %(file)s：%(size)d 笔") % {"file": output, "size": checkpoint.size})
