"""With PostgreSQL stopped every public page is read on, from the portal and from nginx; no expired one."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests import nginx
from tests.postgres import PostgresMissing, binaries, server

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = "portal.settings.development"
# A county with a running list, made by the demo's own building blocks; prints the list's number.
COUNTY = """
from tests.workflows.county import make_batch, make_county
from disclosure.publicity.models import PublicList
make_batch(make_county(), until="publish")
print("LIST", PublicList.objects.order_by("pk").last().number)
"""


@contextmanager
def portal(environment: dict[str, str]) -> Iterator[int]:
    """Run the portal's own web server and yield its port."""
    port = nginx.free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--log-level", "error", "portal.wsgi:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if nginx.ask(port, "/health/").status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def run(environment: dict[str, str], *words: str) -> str:
    """Run a management command and return what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def copy_of_the_prepared(database: str) -> None:
    """Bring what `make test` migrated on its own server to the empty `database`, where it did."""
    name, running = os.environ.get("TESTS_PREPARED"), os.environ["DATABASE_URL"]
    if name:
        dump = [binaries() / "pg_dump", "--no-owner", "--dbname", running.rpartition("/")[0] + f"/{name}"]
        said = subprocess.run(dump, capture_output=True, check=True).stdout
        into = [binaries() / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", database]
        subprocess.run(into, input=said, stdout=subprocess.DEVNULL, check=True)


@pytest.mark.postgres(only=True)
@pytest.mark.nginx
def test_with_postgresql_stopped_every_address_of_the_sitemap_answers_and_an_expired_page_does_not(
    tmp_path: Path,
) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO_ALLOW")},
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "VAR_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    try:
        database = server()
        environment["DATABASE_URL"] = database.__enter__()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    stopped = False
    mirror = tmp_path / "mirror"
    try:
        copy_of_the_prepared(environment["DATABASE_URL"])
        run(environment, "migrate", "--verbosity", "0")
        number = re.search(r"LIST (\S+)", run(environment, "shell", "--no-imports", "-c", COUNTY))
        assert number
        run(environment, "mirror")
        list_path = f"/lists/{number[1]}/"
        with portal(environment) as port, nginx.server(tmp_path / "nginx", mirror, port) as web:
            sitemap = nginx.ask(port, "/sitemap.xml").body.decode()
            paths = [path.partition("/")[2] for path in re.findall(r"<loc>\w+://([^<]+)</loc>", sitemap)]
            paths = [f"/{path}" for path in paths]
            assert len(paths) > 10
            # Not a page that is asked for again below: the portal keeps a page for some seconds.
            assert "本页制作于" not in nginx.ask(port, "/search/").body.decode()
            database.__exit__(None, None, None)
            stopped = True
            assert nginx.ask(port, "/health/").status == 503
            for path in [*paths, "/sitemap.xml", list_path, f"{list_path}object/", f"{list_path}object/1/"]:
                for mode in ("", "/da"):
                    if path == "/sitemap.xml" and mode:
                        continue
                    for asked in (port, web.port):
                        answer = nginx.ask(asked, mode + path)
                        assert answer.status == 200, (asked == port, mode + path)
                        assert path == "/sitemap.xml" or "本页制作于" in answer.body.decode(), path
            assert "某" in nginx.ask(port, list_path).body.decode()
            assert "写纸条" in web.get(f"{list_path}object/").body.decode()
            for asked in (port, web.port):
                sent = nginx.ask(asked, f"{list_path}object/", "POST", "text=x")
                assert (sent.status, "没有收下" in sent.body.decode()) == (503, True), sent.body.decode()
            # Its day is over: what was today's is yesterday's.
            today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
            editions = mirror / "editions"
            (editions / today.isoformat()).rename(editions / (today - timedelta(days=1)).isoformat())
            # An nginx of its own: the other may know for a second what it found before.
            with nginx.server(tmp_path / "later", mirror, port) as later:
                for asked in (port, later.port):
                    gone = nginx.ask(asked, list_path)
                    assert (gone.status, "某" in gone.body.decode()) == (503, False)
                    assert nginx.ask(asked, "/areas/").status == 503
    finally:
        if not stopped:
            database.__exit__(None, None, None)
