"""The site of a journey: served from the test's database, on a clock that the test moves for all threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.test.testcases import LiveServerThread

from portal import clock

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Site:
    """A served site: `address` without a slash at its end, and the one moment that it stands at.

    `portal.clock.travel` sets the time of one thread. The server travels to `moment` for every request that
    it answers, and the test for what it does itself, so all of them read the same clock. `past_the_ledger` is
    set by a test that changes a row by itself, or takes the keys away: else the ledger must hold in the end.
    """

    past_the_ledger = False

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.thread = LiveServerThread("127.0.0.1", self._on_time)
        self.thread.daemon = True

    @property
    def address(self) -> str:
        """Return where the site is served."""
        return f"http://127.0.0.1:{self.thread.port}"

    @contextmanager
    def running(self) -> Iterator["Site"]:
        """Serve within the block."""
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        try:
            yield self
        finally:
            self.thread.terminate()

    @contextmanager
    def now(self) -> Iterator[None]:
        """Let the test itself stand at the site's moment within the block."""
        with clock.travel(self.moment):
            yield

    def wait(self, *, days: int = 0, hours: int = 0) -> None:
        """Let time pass and do all that fell due, as `manage.py tick` does on a server."""
        self.moment += timedelta(days=days, hours=hours)
        with self.now():
            call_command("tick", verbosity=0)

    def _on_time(self, application: Application) -> Application:
        # Styles and scripts come from where they stand in the tree, and stay in the browser like on a server.
        served = StaticFilesHandler(application)

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            def kept(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                return start_response(status, [*headers, ("Cache-Control", "max-age=3600")], *rest)

            static = environ["PATH_INFO"].startswith(settings.STATIC_URL)
            with self.now():
                return served(environ, kept if static else start_response)

        return answer
