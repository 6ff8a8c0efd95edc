"""Make the key of the signer or of a witness, in a file that its owner alone may read."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger import signers


class Command(BaseCommand):
    """`manage.py make_signing_key FILE --name NAME [--witness]`: prints the line for the trust file."""

    help = "生成账本签名员或见证人的密钥；公钥一行写进信任文件"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the key's name and whose it is."""
        parser.add_argument("file", type=Path, help="密钥文件，只有本人能读；已经有的不会覆盖")
        parser.add_argument(
            "--name", required=True, help="名字，不带空格，例如 mingbai.example.gov.cn/ledger"
        )
        parser.add_argument("--witness", action="store_true", help="见证人的密钥（不写就是签名员的）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the key and print its public half."""
        try:
            key = signers.make_key(options["file"], options["name"], witness=options["witness"])
        except signers.CannotSign as error:
            raise CommandError(str(error)) from None
        self.stderr.write(_("密钥已写入 %(file)s。下面这行是公钥，写进信任文件：") % options)
        word = f"witness {key.name.replace('/', '-')}" if options["witness"] else "log"
        self.stdout.write(f"{word} {key}")
