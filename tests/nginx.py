"""A throw-away nginx with the configuration that is shipped, before a portal at any port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

SHIPPED = Path(__file__).resolve().parent.parent / "deploy" / "nginx"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


def program() -> str | None:
    """Return the path of the machine's nginx, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What a web server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Nginx:
    """A running nginx: its port and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        """Ask for `path`, sent as it stands: no browser tidies it up first."""
        return ask(self.port, path, method, body, **headers)

    def worker(self) -> int:
        """Return the process id of its only worker, which is there once it has answered."""
        self.get("/")
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(found[0])


def ask(port: int, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    """Ask the server at `port`; names of headers with _ for -."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, path, body, named)
        response: HTTPResponse = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
    finally:
        connection.close()


@contextmanager
def server(
    folder: Path, mirror: Path, portal: int, *, timezone: str = "Asia/Shanghai", more: str = ""
) -> Iterator[Nginx]:
    """Run nginx in `folder` over the mirror at `mirror`, before the portal at the port `portal`.

    Only addresses and places of the shipped files are changed; `more` is added to the server.
    """
    snippets = folder / "snippets"
    snippets.mkdir(parents=True, exist_ok=True)
    for shipped in SHIPPED.glob("mingbai*.conf"):
        text = shipped.read_text()
        text = text.replace("/srv/mingbai/var/mirror", str(mirror)).replace(
            "127.0.0.1:8000", f"127.0.0.1:{portal}"
        )
        text = text.replace("/srv/mingbai/var", str(folder)).replace(
            "include snippets/", f"include {snippets}/"
        )
        if not BROTLI.exists():
            text = text.replace("brotli_static on;", "")
        (snippets / shipped.name).write_text(text)
    port = free_port()
    main = folder / "nginx.conf"
    main.write_text(
        f"""{f"load_module {BROTLI};" if BROTLI.exists() else ""}
{"user root;" if os.geteuid() == 0 else ""}
daemon off; pcre_jit on; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log notice;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {snippets}/mingbai-maps.conf;
    server {{
        listen 127.0.0.1:{port};
        access_log {folder}/access.log quiet;
        include {snippets}/mingbai-pages.conf;
        {more}
    }}
}}
"""
    )
    process = subprocess.Popen(
        [str(program()), "-p", str(folder), "-c", str(main)],
        env={**os.environ, "TZ": timezone},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "start.log").open("wb"),
    )
    try:
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((folder / "start.log").read_text()) from None
        yield Nginx(port, process)
    finally:
        process.terminate()
        process.wait(10)
