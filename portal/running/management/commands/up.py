"""`manage.py up`: web server, background worker, tick (and, for the demo, a signer), side by side."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger import development
from portal.running import greetings
from portal.running.processes import Household, Part, answers, django_command, port_is_free

TICK_SECONDS = 30


class Command(BaseCommand):
    """Start web, worker and tick; stop all of them on Ctrl-C, or when one of them ends."""

    help = "启动网站、后台任务和定时任务；按 Ctrl-C 全部停止"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address to serve at."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--only-check", action="store_true", help="只检查端口是否空着，不启动")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until asked to stop; raises CommandError where the port is taken or a part ended by itself."""
        host, port = options["host"], options["port"]
        if not port_is_free(host, port):
            raise CommandError(
                _("端口 %(port)s 已经有程序在用。先停掉那个程序，或者换一个端口：make demo PORT=%(other)s")
                % {"port": port, "other": port + 1}
            )
        if options["only_check"]:
            return
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
        web += [
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--log-level",
            "warning",
            "portal.wsgi:application",
        ]
        parts = [
            Part("web", web),
            Part("worker", django_command("db_worker", "--interval", "1", "--verbosity", "0")),
            Part("tick", django_command("tick", "--every", str(TICK_SECONDS))),
        ]
        if development.wanted():
            parts.append(Part("signer", django_command(*development.signer_words())))
        address = f"http://{host}:{port}"
        environment = {
            "SITE_ADDRESS": os.environ.get("SITE_ADDRESS") or address,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])
            ),
        }
        household = Household(parts, self.stdout.write, environment)
        ended = household.run(lambda: answers(host, port), lambda: self._greet(address))
        if ended is not None:
            raise CommandError(
                _("“%(part)s”自己停了，其余部分也已停止。原因见上面它的输出。") % {"part": ended}
            )
        self.stdout.write(_("已全部停止。"))

    def _greet(self, address: str) -> None:
        lines = [
            "",
            _("明白账已经启动，按 Ctrl-C 停止。"),
            _("  公开网站  %(address)s/") % {"address": address},
            _("  工作台    %(address)s/admin/") % {"address": address},
            *greetings.lines(address),
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
