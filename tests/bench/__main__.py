"""Run every measurement on SQLite and on a PostgreSQL server of our own, each on a scratch database.

Named ones alone: ``make bench ARGS="todo board"``.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import PostgresMissing, server


def measure(name: str, address: str) -> int:
    """Measure on the database at `address`; return the exit code."""
    print(f"\n{name}", flush=True)
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    command = [sys.executable, "-m", "tests.bench.run", *sys.argv[1:]]
    return subprocess.run(command, env=environment).returncode


def main() -> int:
    """Measure on both; 0 where both ran, whatever they measured."""
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        code = measure("On SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
    try:
        with server() as address:
            code = measure("On PostgreSQL", address) or code
    except PostgresMissing as missing:
        print(f"missing: {missing}: nothing was measured on PostgreSQL")
    return code


if __name__ == "__main__":
    sys.exit(main())
