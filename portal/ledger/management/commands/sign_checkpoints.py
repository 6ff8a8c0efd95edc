"""Sign the ledger's tree, once or again and again; refuses one that does not extend the last signed."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.translation import gettext as _

from portal.ledger import memory, notes, signers, signing

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py sign_checkpoints --key FILE --memory FILE [--every SECONDS]`, by an account of its own."""

    help = "给账本签检查点；账本不是接着上次签的往下写的，就拒签"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the key, the memory and the pause between two rounds."""
        parser.add_argument("--key", type=Path, help="密钥文件（make_signing_key 生成）")
        parser.add_argument("--memory", type=Path, required=True, help="签过哪些检查点，记在这个文件里")
        parser.add_argument("--device", help="由外面的签名设备签：这条命令从输入读原文，向输出写签名")
        parser.add_argument("--public", help="设备的公钥（vkey），和 --device 一起用，不用 --key")
        parser.add_argument("--every", type=float, metavar="SECONDS", help="每隔多少秒签一次，直到被停止")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign; CommandError where the ledger does not extend what was signed: then nothing is signed."""
        try:
            signer = _signer(options)
            with memory.opened(options["memory"]) as mind:
                if options["every"] is None:
                    self._sign(signer, mind)
                else:
                    self._rounds(signer, mind, options["every"])
        except (signers.CannotSign, memory.MemoryLost, signing.DoesNotExtend, notes.BadNote) as error:
            raise CommandError(str(error)) from None

    def _rounds(self, signer: signers.Signer, mind: memory.Memory, pause: float) -> None:
        stop = threading.Event()
        before = {
            number: signal.signal(number, lambda *_args: stop.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        due = 0.0
        try:
            while not stop.is_set():
                try:
                    if time.monotonic() >= due or signing.is_urgent(mind):
                        due = time.monotonic() + pause
                        self._sign(signer, mind)
                except signing.DoesNotExtend as error:
                    # Goes on refusing, and says so every time, until a restore is made lawful or found out.
                    self.stderr.write(self.style.ERROR(str(error)))
                    self.stderr.flush()
                except (OperationalError, InterfaceError) as error:
                    # The database may be restarting: the next round tries again.
                    logger.error("sign_checkpoints: the database did not answer: %s", type(error).__name__)
                finally:
                    close_old_connections()
                stop.wait(min(1.0, pause))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _sign(self, signer: signers.Signer, mind: memory.Memory) -> None:
        checkpoint = signing.sign(signer, mind)
        if checkpoint:
            self.stdout.write(
                _("已签：%(size)d 笔，总指纹 %(root)s") % {"size": checkpoint.size, "root": checkpoint.root}
            )
            self.stdout.flush()


def _signer(options: dict[str, Any]) -> signers.Signer:
    if options["key"] and not options["device"]:
        return signers.from_file(options["key"])
    if options["device"] and options["public"] and not options["key"]:
        return signers.device(notes.VerifierKey.parse(options["public"]), options["device"])
    raise CommandError(_("写 --key 密钥文件，或者 --device 签名设备的命令和 --public 公钥"))
