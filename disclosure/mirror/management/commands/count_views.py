"""Counts how often public pages were read, from the logs of nginx or granian; keeps no visitor."""

import gzip
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from disclosure.mirror import registry
from disclosure.mirror.marks import mark
from disclosure.pages import viewing
from disclosure.site.cache import forget


class Command(BaseCommand):
    """`count_views LOG...`"""

    help = "从访问日志数每篇公开网页每天读过几次（只数今天以前的；一天的日志要一起给；读两遍不会重复）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the logs."""
        parser.add_argument("logs", nargs="+", metavar="LOG", help="日志文件，可以是 .gz；- 是标准输入")

    def handle(self, *args: Any, logs: list[str], **options: Any) -> None:
        """Count all logs together."""
        known = {address.path for address in registry.every() if not address.form}
        changed = viewing.keep(viewing.counted(_lines(logs), known))
        if changed:
            # Every page shows its own number.
            forget()
            mark()
        self.stdout.write(_("数好了：%(changed)d个数有变化") % {"changed": changed})


def _lines(logs: list[str]) -> Iterator[str]:
    for name in logs:
        try:
            with _opened(name) as log:
                yield from log
        except OSError as error:
            raise CommandError(_("打不开日志：%(name)s") % {"name": name}) from error


def _opened(name: str) -> Any:
    if name == "-":
        return nullcontext(sys.stdin)
    if name.endswith(".gz"):
        return gzip.open(name, "rt", encoding="utf-8", errors="replace")
    return Path(name).open(encoding="utf-8", errors="replace")
