"""Load administrative divisions from a CSV file: code, name, level, parent_code."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.areas.errors import AreaError
from portal.areas.services import load


class Command(BaseCommand):
    """Loading the same file again changes nothing."""

    help = "从 CSV 文件载入行政区划（code,name,level,parent_code）；有一行不对就一行也不写"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the date from which new areas are valid."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--valid-from", type=date.fromisoformat, metavar="YYYY-MM-DD", help="新区划的启用日期，默认今天"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing, and say what changed."""
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"读不了文件 {options['file']}：{error.strerror}") from error
        try:
            loaded = load(content, valid_from=options["valid_from"])
        except AreaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"新增 {loaded.created}，改名 {loaded.renamed}，不变 {loaded.unchanged}")
