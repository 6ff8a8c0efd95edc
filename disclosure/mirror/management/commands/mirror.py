"""`manage.py mirror`: write every public page to the mirror, or only remove past days."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from disclosure.mirror import refreshing, store
from portal import clock


class Command(BaseCommand):
    """Write the whole mirror; with --expire remove past days, which needs no database."""

    help = "把全部公开网页做成文件，数据库停了也能看；做完说放在哪里、有多少"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --expire."""
        parser.add_argument("--expire", action="store_true", help="只删去过了日子的（不用数据库）")

    def handle(self, *, expire: bool, **_options: Any) -> None:
        """Write; raises CommandError where the mirror is switched off or another process is writing."""
        if settings.MIRROR_ROOT is None:
            raise CommandError("没有设置镜像文件夹（MIRROR_ROOT）。")
        if expire:
            gone = store.expire(clock.today())
            self.stdout.write(f"删去了{gone}天的旧网页。")
            return
        made = refreshing.rebuild()
        if made is None:
            raise CommandError("另一个程序正在写镜像，过一会儿再试。")
        days = refreshing.days()
        self.stdout.write(
            f"镜像写好了：{made.pages}个网页，{made.files}个有变化，管到{days[-1].isoformat()}，"
            f"放在 {settings.MIRROR_ROOT}"
        )
