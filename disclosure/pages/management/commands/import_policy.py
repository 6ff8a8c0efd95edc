"""Imports plain-text government documents as policy pages, and says what their text does not state."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from disclosure.pages.models import PolicyDocumentPage
from disclosure.pages.policy_text import TextLost
from disclosure.pages.services import Import, import_policy


class Command(BaseCommand):
    """`import_policy FILE... [--publish]`"""

    help = "把纯文本的政策文件导入“政策文件”栏目；同一个文件导入两次不会重复"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and whether to publish them."""
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="文本文件（UTF-8 或 GB 18030）"
        )
        parser.add_argument("--publish", action="store_true", help="导入后直接发布")

    def handle(self, *args: Any, files: list[Path], publish: bool, **options: Any) -> None:
        """Import each file by itself: one that cannot be read does not keep back the others."""
        failed = 0
        for path in files:
            try:
                result = import_policy(path, publish=publish)
            except (OSError, UnicodeDecodeError, TextLost) as error:
                failed += 1
                reason = str(error) if isinstance(error, TextLost) else _("读不了这个文件，请检查路径和编码")
                self.stderr.write(f"{path.name}：{reason}")
                continue
            self._report(path, result)
        if failed:
            raise CommandError(_("%(count)d 个文件没有导入") % {"count": failed})

    def _report(self, path: Path, result: Import) -> None:
        done = _("已导入") if result.created else _("以前导入过，没有重复")
        state = _("已发布") if result.page.live else _("草稿")
        self.stdout.write(f"{path.name}：{done}（{state}）《{result.page.title}》")
        if result.parsed.missing:
            names = "、".join(self._name(name) for name in result.parsed.missing)
            self.stdout.write("  " + _("原文没有：%(names)s；留空，请查原件后补") % {"names": names})
        for warning in result.parsed.warnings:
            self.stdout.write("  " + _("请核对：%(warning)s") % {"warning": warning})

    def _name(self, field: str) -> str:
        return _("标题") if field == "title" else str(PolicyDocumentPage._meta.get_field(field).verbose_name)
