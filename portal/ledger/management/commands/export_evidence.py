"""Export the evidence of a case or list, to be checked on a machine with nothing of the portal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger import evidence


class Command(BaseCommand):
    """`manage.py export_evidence CASE_OR_LIST -o FILE [--sealed]`."""

    help = "导出一件办件或一份名单的证据包：事件、证明、名单各行；--sealed 再加个人信息和附件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number, the file, and whether personal values and files go into it."""
        parser.add_argument("number", help="办件号或名单号")
        parser.add_argument("-o", "--output", type=Path, required=True, help="写到哪个文件（.zip）")
        parser.add_argument(
            "--sealed", action="store_true", help="连个人信息和附件一起导出：只给有权看这件事的人"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the bundle and say what is in it."""
        try:
            manifest = evidence.export(options["number"], options["output"], sealed=options["sealed"])
        except (evidence.NoEvidence, OSError, IndexError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            _("已写入 %(file)s：事件 %(events)d 条，附件 %(files)d 份，名单 %(lists)d 份")
            % {
                "file": options["output"],
                "events": len(manifest["events"]),
                "files": len(manifest["files"]),
                "lists": len(manifest["lists"]),
            }
        )
        if manifest["uncovered"]:
            self.stdout.write(
                _("有 %(count)d 条在最新检查点之后，还没有证明；等下一个检查点再导一次就有了")
                % {"count": len(manifest["uncovered"])}
            )
