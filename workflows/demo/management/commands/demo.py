"""`manage.py demo`: load the invented county, once; keep it on a second run."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal import clock
from workflows.demo.loading import is_loaded, load_demo, load_policies


class Command(BaseCommand):
    """Load the demo county, and with --policies every document of a folder beside it."""

    help = "装入演示县：两个乡镇、十四个村、四十多件申请，全部由流程引擎按日期演一遍"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --reset and --policies DIR."""
        parser.add_argument("--reset", action="store_true", help="清空数据库，从头再来")
        parser.add_argument("--policies", type=Path, help="把这个文件夹里的政策文件（*.txt）导入并发布")

    def handle(self, *, reset: bool, policies: Path | None, **_options: Any) -> None:
        """Load what is not there yet."""
        if not settings.DEMO_ALLOWED:
            raise CommandError("演示数据只能装在开发环境里：所有账号用同一个简单口令。")
        if policies and not policies.is_dir():
            raise CommandError(f"没有 {policies} 这个文件夹，请核对路径。")
        if reset:
            self._start_over()
        if is_loaded():
            self.stdout.write("演示县的数据还在，接着用（make demo RESET=1 从头再来）。")
        else:
            self.stdout.write("正在把演示县从头演一遍，请稍等……")
            load_demo(clock.now())
            self.stdout.write("演示县装好了。")
        if policies:
            for path, page, created in load_policies(policies):
                self.stdout.write(f"{'导入' if created else '已有'}：{path.name} → {page.title}")
        if settings.MIRROR_ROOT is not None:
            call_command("mirror", stdout=self.stdout)

    def _start_over(self) -> None:
        """Empty the database. The demo's files are named by their digests, so they may stay."""
        tables = connection.introspection.table_names()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
        elif tables:
            database = Path(str(connection.settings_dict["NAME"]))
            connection.close()
            for suffix in ("", "-wal", "-shm"):
                database.with_name(database.name + suffix).unlink(missing_ok=True)
        call_command("migrate", verbosity=0)
