"""Every test: once on SQLite, those marked `postgres` again on PostgreSQL, with one closing line for both.

``python -m tests [pytest's arguments]``. What a missing tool cost is named and counted as skipped.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import PostgresMissing, server
from tests.prepared import KEPT, NAME, kept

NO_TESTS = 5
FAILED = ("failed", "error")
PASSED = ("passed", "xfailed")


class Run:
    """One run of pytest and what it counted."""

    def __init__(self, arguments: list[str], database: str | None, prepared: str | None, shared: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            tally = Path(folder) / "tally.json"
            environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            environment["TESTS_TALLY"] = str(tally)
            environment["TESTS_SHARED"] = shared
            if database:
                environment["DATABASE_URL"] = database
            if prepared:
                environment["TESTS_PREPARED"] = prepared
            self.code = subprocess.run(
                [sys.executable, "-m", "pytest", *arguments], env=environment
            ).returncode
            said = json.loads(tally.read_text()) if tally.exists() else {}
        self.counts: dict[str, int] = said.get("counts", {})
        self.needs: dict[str, int] = said.get("needs", {})
        self.recorded = {(route, kind) for route, kind in said.get("recorded", [])}

    @property
    def broken(self) -> bool:
        """Tell whether pytest ended otherwise than by finding passes, failures or nothing to run."""
        return self.code not in (0, 1, NO_TESTS)

    def total(self, names: tuple[str, ...]) -> int:
        """Return how many tests ended in one of the states `names`."""
        return sum(self.counts.get(name, 0) for name in names)


def prepare(database: str) -> str | None:
    """Migrate both databases at once; return what TESTS_PREPARED says on PostgreSQL, None where it failed."""
    command = [sys.executable, "-m", "tests.prepared", NAME]
    making = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": database})
    try:
        kept()
    except subprocess.CalledProcessError:
        print("The SQLite database could not be prepared: the tests will say why")
    return NAME if making.wait() == 0 else None


def keep_bytecode() -> None:
    """Let our processes keep what they compile, beside the tree where none is to be written into it.

    Every worker, server and command would else compile all modules anew, which takes longer than to run them.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(KEPT / "bytecode"))


def marked(arguments: list[str], mark: str) -> list[str]:
    """Return `arguments` with `mark` asked for besides any mark that they ask for."""
    result, expression, words = [], mark, iter(arguments)
    for word in words:
        if word == "-m":
            expression = f"({next(words)}) and {mark}"
        else:
            result.append(word)
    return [*result, "-m", expression]


def never_recorded(runs: list[Run]) -> list[str]:
    """Return the lines of tests/access/recorded.py that no POST of the runs bore out."""
    from tests.access.recorded import RECORDED

    seen = set().union(*(run.recorded for run in runs))
    listed = {(route, kind) for route, line in RECORDED.items() for kind in line.kinds}
    return [f"{route} {kind}" for route, kind in sorted(listed - seen)]


def main(arguments: list[str]) -> int:
    """Run both; return 0 only where something passed and nothing failed."""
    # Ctrl-C ends the running pytest; we stay to stop the server behind it.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    keep_bytecode()
    started = time.monotonic()
    whole = not arguments
    # In order, one by one (tests/conftest.py): those that commit stay last, and no worker is idle at the end.
    spread = [] if "-n" in arguments else ["-n", "auto"]
    # -qq keeps pytest's own closing line back: the one at the end counts both runs.
    arguments = ["-qq", *spread, *arguments]
    missing, lost = [], 0
    with ExitStack() as stack:
        shared = stack.enter_context(tempfile.TemporaryDirectory())
        try:
            address = stack.enter_context(server())
        except PostgresMissing as absent:
            address = None
            missing.append(str(absent))
        # A few named tests are quicker without.
        few = any(one.startswith("tests") for one in arguments)
        ready = None if few or address is None else prepare(address)
        print("On SQLite", flush=True)
        runs = [Run(arguments, None, None, shared)]
        if address is None:
            lost = runs[0].needs.get("postgres", 0)
            missing = [f"{missing[0]}: {lost} tests did not run on PostgreSQL"]
        elif os.environ.get("CI") or runs[0].code in (0, 1, NO_TESTS):
            print("On PostgreSQL", flush=True)
            runs.append(Run(marked(arguments, "postgres"), address, ready, shared))
    if browser := runs[0].needs.get("browser", 0):
        missing.append(f"Chromium: {browser} browser tests did not run")
    if web := runs[0].needs.get("nginx", 0):
        missing.append(f"nginx: {web} tests of the web server did not run")
    passed = sum(run.total(PASSED) for run in runs)
    failed = sum(run.total(FAILED) for run in runs)
    skipped = sum(run.total(("skipped",)) for run in runs) + lost
    broken = [run.code for run in runs if run.broken]
    for line in missing:
        print(f"missing: {line}")
    unseen = never_recorded(runs) if whole and not missing and not failed else []
    if unseen:
        print("tests/access/recorded.py lists what no test's POST recorded: test it or take it off:")
        print("; ".join(unseen))
    if broken:
        print(f"pytest itself ended with {', '.join(map(str, broken))}: see above")
    print(f"{time.monotonic() - started:.0f} s on {' and '.join(['SQLite', 'PostgreSQL'][: len(runs)])}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    bad = failed or broken or unseen or not passed
    return 1 if bad or any(run.code == 1 for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
