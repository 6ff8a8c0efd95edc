"""Rules of the web server in front, with the configuration that is shipped."""

import gzip
import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest

from disclosure.mirror import store
from disclosure.opendata import schemas
from portal import clock
from tests import nginx
from tests.disclosure.opendata.schema import complaints

pytestmark = pytest.mark.nginx
PAGE = ("<!doctype html><title>x</title>" + "名单" * 400).encode()


class Portal(BaseHTTPRequestHandler):
    """Stands for the portal: says what it was asked."""

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()

    def answer(self) -> None:
        body = f"portal {self.command} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path: Path, settings: Any) -> Path:
    """Return a mirror with a few pages, for today and for yesterday."""
    settings.MIRROR_ROOT = tmp_path / "mirror"
    today = clock.today()
    for day, words in ((today, b"today"), (today - timedelta(days=1), b"yesterday")):
        folder = store.open_edition(day)
        for path in ("/", "/areas/", "/lists/L1/", "/da/lists/L1/"):
            store.write(folder, str(store.file_name(path)), PAGE + words)
        store.write(folder, "sitemap.xml", b"<urlset/>")
    store.write(store.edition(today - timedelta(days=1)), "lists/L0.html", PAGE + b"names")
    store.write(store.paper(), "lists/L1/object.html", PAGE + b"paper")
    store.write(store.paper(), "ask/990101101201.html", PAGE + b"paper")
    store.write(store.paper(), store.CLOSED, PAGE + b"closed")
    store.fresh()
    return settings.MIRROR_ROOT


@pytest.fixture
def portal() -> Iterator[ThreadingHTTPServer]:
    """Return a running portal; `shutdown` and `server_close` stop it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_pages_come_from_todays_edition_compressed_as_they_were_kept(
    mirror: Path, portal: ThreadingHTTPServer, tmp_path: Path
) -> None:
    with nginx.server(tmp_path / "nginx", mirror, portal.server_port) as web:
        plain = web.get("/lists/L1/")
        assert (plain.status, plain.body) == (200, PAGE + b"today")
        zipped = web.get("/lists/L1/?x=1", Accept_Encoding="gzip")
        assert zipped.headers["content-encoding"] == "gzip"
        assert gzip.decompress(zipped.body) == plain.body
        if nginx.BROTLI.exists():
            packed = web.get("/da/lists/L1/", Accept_Encoding="gzip, br")
            assert packed.headers["content-encoding"] == "br"
            assert brotli.decompress(packed.body) == plain.body
        assert plain.headers["content-type"] == "text/html; charset=utf-8"
        assert plain.headers["cache-control"] == "public, no-cache"
        assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
        assert plain.headers["x-content-type-options"] == "nosniff"
        assert zipped.headers["vary"] == "Accept-Encoding"
        home = web.get("/")
        assert home.body == PAGE + b"today"
        assert web.get("/", If_None_Match=home.headers["etag"]).status == 304
        assert web.get("/sitemap.xml").body == b"<urlset/>"
        assert (home.status, web.get("/", "HEAD").body) == (200, b"")
        # What the mirror does not hold, or no file takes, is the portal's to answer: as it was sent.
        for path in ("/lists/L2/?q=%E5%85%BB%20x&page=2", "/lists/L%32/", "/a%3Fb/?c", "/lists/L1", "/%E5/"):
            assert web.get(path).body == f"portal GET {path}".encode(), path
        assert web.get("/lists/L1/?x=1", "POST", "text=x").body == b"portal POST /lists/L1/?x=1"
        assert web.get("/lists/L2/").body == b"portal GET /lists/L2/"
        assert web.get("/lists/L1/object/", "POST", "text=x").body == b"portal POST /lists/L1/object/"
        assert web.get("/admin/").body == b"portal GET /admin/"


def test_a_file_of_another_day_is_never_served_with_or_without_the_portal(
    mirror: Path, portal: ThreadingHTTPServer, tmp_path: Path
) -> None:
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    tries = ("/lists/L0/", f"/{yesterday}/lists/L0/", f"/../{yesterday}/lists/L0.html", "/lists/L0.html")
    with nginx.server(tmp_path / "nginx", mirror, portal.server_port) as web:
        for path in tries:
            assert b"names" not in web.get(path).body
        portal.shutdown()
        portal.server_close()
        for path in tries:
            gone = web.get(path)
            assert (gone.status in (400, 503), b"names" in gone.body) == (True, False)
        assert web.get("/lists/L1/").status == 200
        # All its days are over: nothing is left to serve.
        store.expire(clock.today() + timedelta(days=1))
        # Another page than before: nginx looks a page up on disk once a second at most.
        assert web.get("/da/lists/L1/").status == 503


@pytest.mark.parametrize("timezone", ["UTC", "America/Lima"])
def test_a_web_server_on_another_clock_serves_nothing_from_the_mirror(
    mirror: Path, portal: ThreadingHTTPServer, tmp_path: Path, timezone: str
) -> None:
    with nginx.server(tmp_path / "nginx", mirror, portal.server_port, timezone=timezone) as web:
        assert web.get("/lists/L1/").body == b"portal GET /lists/L1/"


def test_while_something_is_out_of_date_the_portal_is_asked_first(
    mirror: Path, portal: ThreadingHTTPServer, tmp_path: Path
) -> None:
    with nginx.server(tmp_path / "nginx", mirror, portal.server_port) as web:
        store.not_fresh()
        assert web.get("/lists/L1/").body == b"portal GET /lists/L1/"
        portal.shutdown()
        portal.server_close()
        down = web.get("/lists/L1/", Accept_Encoding="gzip")
        assert gzip.decompress(down.body) == PAGE + b"today"
        assert down.headers["cache-control"] == "no-store"
        store.fresh()
        assert web.get("/lists/L1/").body == PAGE + b"today"


def test_without_the_portal_a_form_tells_how_to_object_on_paper_and_a_post_is_not_lost_silently(
    mirror: Path, portal: ThreadingHTTPServer, tmp_path: Path
) -> None:
    portal.shutdown()
    portal.server_close()
    with nginx.server(tmp_path / "nginx", mirror, portal.server_port) as web:
        for path in ("/lists/L1/object/", "/lists/L1/object/3/", "/ask/990101101201/goats/"):
            form = web.get(path)
            assert (form.status, form.body) == (200, PAGE + b"paper"), path
        sent = web.get("/lists/L1/object/", "POST", "text=x")
        assert (sent.status, sent.body) == (503, PAGE + b"closed")
        assert sent.headers["retry-after"] == "60"
        # Officials decide on nothing that may be out of date.
        for path in ("/admin/", "/accounts/login/", "/health/", "/lists/none/"):
            assert (web.get(path).status, web.get(path).body) == (503, PAGE + b"closed"), path
        # Programs are told as programs are.
        for path in ("/api/v1/lists?page=2", "/data/lists/L1.csv", "/da/data/areas/990101000000.xlsx"):
            told = web.get(path)
            assert (told.status, told.headers["retry-after"]) == (503, "60"), path
            assert told.headers["content-type"] == "application/problem+json; charset=utf-8"
            assert told.headers["access-control-allow-origin"] == "*"
            assert complaints(json.loads(told.body), schemas.published("error")) == []


def test_no_way_up_no_link_and_no_hidden_file_is_followed(
    mirror: Path, portal: ThreadingHTTPServer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.html"
    secret.write_bytes(b"secret")
    today = store.edition(clock.today())
    (today / "lists" / "linked.html").symlink_to(secret)
    (today / "linked").symlink_to(tmp_path)
    (today / ".hidden.html").write_bytes(b"secret")
    tries = ["/lists/linked/", "/linked/secret/", "/.hidden/", "/.complete", "/../../../secret.html", "/=/"]
    tries += [
        "/..%2f..%2f..%2fsecret/",
        "/%2e%2e/%2e%2e/%2e%2e/secret/",
        "/lists/..%2f..%2f..%2f..%2fsecret/",
    ]
    tries += ["/areas.html", "/areas.html.gz", "/media/../mirror/fresh/", "/media/images/x.php", "/=closed/"]
    with nginx.server(tmp_path / "nginx", mirror, portal.server_port) as web:
        for alive in (True, False):
            if not alive:
                portal.shutdown()
                portal.server_close()
            for path in tries:
                answer = web.get(path)
                assert b"secret" not in answer.body.replace(path.encode(), b"").replace(
                    b"secret.html", b""
                ) or (answer.body.startswith(b"portal ")), path
                assert answer.status != 200 or answer.body.startswith(b"portal "), path


def test_the_shipped_site_is_one_that_nginx_takes(tmp_path: Path) -> None:
    for name in nginx.SHIPPED.glob("mingbai*.conf"):
        (tmp_path / name.name).write_text(name.read_text())
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    for name in ("mingbai.conf", "mingbai-pages.conf"):
        text = (tmp_path / name).read_text().replace("include snippets/", f"include {tmp_path}/")
        text = text.replace("/etc/ssl/mingbai/fullchain.pem", str(certificate))
        text = text.replace("/etc/ssl/mingbai/privkey.pem", str(key)).replace("/var/log/nginx", str(tmp_path))
        text = text.replace("listen 443", "listen 127.0.0.1:8443").replace(
            "listen 80;", "listen 127.0.0.1:8081;"
        )
        (tmp_path / name).write_text(text if nginx.BROTLI.exists() else text.replace("brotli_static on;", ""))
    main = tmp_path / "nginx.conf"
    load = f"load_module {nginx.BROTLI};" if nginx.BROTLI.exists() else ""
    main.write_text(
        f"{load} pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{"
        f"include {tmp_path}/mingbai-maps.conf; include {tmp_path}/mingbai.conf; }}"
    )
    checked = subprocess.run([str(nginx.program()), "-t", "-c", main], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "conflicting" not in checked.stderr
