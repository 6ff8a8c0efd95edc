"""Makes the search's index anew from what is public, or with --check says where the two differ."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from disclosure.search import backends, services

WORDS = {
    "missing": _("没有编入"),
    "left": _("已经不公开，还在索引里"),
    "stale": _("内容和公开的不一样"),
}


class Command(BaseCommand):
    """`reindex [--check]`"""

    help = "按公开的网页、名单和项目重新编制搜索索引；--check 只核对，不改动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether only to compare."""
        parser.add_argument("--check", action="store_true", help="只核对，有差别就以代码1结束")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Rebuild, or compare and end with code 1 where anything differs."""
        if not check:
            count = services.rebuild()
            self.stdout.write(_("搜索索引已经重新编好：%(count)d篇") % {"count": count})
            return
        differing = 0
        for difference in services.compare():
            differing += 1
            self.stderr.write(f"{difference.document}：{WORDS[difference.what]}")
        sound = backends.is_sound()
        if not sound:
            self.stderr.write(_("数据库的全文索引缺失或损坏"))
        if differing or not sound:
            raise CommandError(_("搜索索引和公开的内容不一致，请运行 manage.py reindex"))
        self.stdout.write(_("搜索索引和公开的内容一致"))
