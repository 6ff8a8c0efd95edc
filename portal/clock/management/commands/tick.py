"""Do all that is due by the clock, once or again and again."""

import logging
import signal
import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.translation import gettext as _

from portal.clock import jobs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py tick [--every SECONDS]`: safe to run twice, or at once from two processes."""

    help = "办理所有到点的事项"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pause between two rounds; without it there is one round."""
        parser.add_argument("--every", type=float, metavar="SECONDS", help="每隔多少秒再来一轮，直到被停止")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the rounds; a single round ends with code 1 where a job failed."""
        if options["every"] is None:
            if self._round():
                sys.exit(1)
            return
        stop = threading.Event()
        # A round that has begun is ended properly.
        before = {
            number: signal.signal(number, lambda *_args: stop.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            self._rounds(stop, options["every"])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _rounds(self, stop: threading.Event, pause: float) -> None:
        while not stop.is_set():
            try:
                self._round()
            except (OperationalError, InterfaceError) as error:
                # The database may be restarting: the next round tries again.
                logger.error("tick: the database did not answer: %s", type(error).__name__)
            finally:
                close_old_connections()
            stop.wait(pause)

    def _round(self) -> dict[str, str]:
        """Run what is due, print what was done, and return the jobs that failed."""
        for name, count in jobs.run_due().items():
            if count:
                self.stdout.write(_("%(name)s：办理 %(count)d 件") % {"name": name, "count": count})
        failing = jobs.failing()
        for name, error in failing.items():
            self.stderr.write(
                self.style.ERROR(_("%(name)s 出错：%(error)s") % {"name": name, "error": error})
            )
        self.stdout.flush()
        return failing
