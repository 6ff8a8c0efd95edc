"""A throw-away PostgreSQL server for the tests, and the command that runs something beside it.

``python -m tests.postgres COMMAND…`` starts the server, runs COMMAND with ``DATABASE_URL`` pointing at
it, stops and removes the server, and ends with the command's exit code.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = 15
# Nothing of this server outlives the tests, so it need not survive a power cut.
SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]


class PostgresMissing(RuntimeError):
    """No PostgreSQL server can be started here; the message says what is missing."""


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL server programs; raises PostgresMissing."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: float(path.parent.name),
    )
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    for folder in reversed(found):
        if (folder / "postgres").exists():
            return folder
    raise PostgresMissing(f"a PostgreSQL server, {OLDEST} or newer (Debian: postgresql)")


def _account() -> pwd.struct_passwd | None:
    """Return the account that the server must run under, or None for our own (initdb refuses root)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("an account other than root to run PostgreSQL under (postgres or nobody)")


def _free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """Start a PostgreSQL server of our own and yield its ``postgres://`` address; raises PostgresMissing.

    It listens on a random loopback port, keeps its files in a temporary folder and is gone afterwards.
    """
    programs, account = binaries(), _account()
    folder = Path(tempfile.mkdtemp(prefix="mingbai-postgres-"))
    identity: dict[str, object] = {
        "cwd": folder,
        "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    }
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        identity |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    process: subprocess.Popen[bytes] | None = None
    try:
        made = subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "mingbai",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
            capture_output=True,
            **identity,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise PostgresMissing(
                f"a PostgreSQL server that starts: {made.stderr.decode(errors='replace')[-300:]}"
            )
        port = _free_port()
        options = [*SPEED, "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}"]
        options += ["max_connections=200", "shared_buffers=64MB", "timezone=UTC"]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *(word for option in options for word in ("-c", option))],
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C goes to the tests; the server stops after them.
                start_new_session=True,
                **identity,  # type: ignore[call-overload]
            )
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        while subprocess.run(ready, **identity).returncode:  # type: ignore[call-overload]
            if process.poll() is not None:
                text = (folder / "server.log").read_text(errors="replace")[-300:]
                raise PostgresMissing(f"a PostgreSQL server that starts: {text}")
        yield f"postgres://mingbai@127.0.0.1:{port}/postgres"
    finally:
        if process is not None and process.poll() is None:
            # SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint of data that goes away.
            process.send_signal(signal.SIGQUIT)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` beside a server of its own and return its exit code."""
    with server() as address:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PostgresMissing as missing:
        sys.exit(f"missing: {missing}")
