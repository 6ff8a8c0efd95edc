"""Child processes that live and die together: started, their output passed on, all stopped when one ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

# A child may finish what it is at; after this many seconds it is killed.
PATIENCE = 10.0


@dataclass(frozen=True)
class Part:
    """One child process: the word that its output lines begin with, and its command line."""

    name: str
    command: Sequence[str]


@dataclass
class Running:
    """A part that was started."""

    part: Part
    process: subprocess.Popen[str]
    reader: threading.Thread


def port_is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen at `host`:`port` now."""
    with socket.socket() as probe:
        # As servers do: a connection of a server that has just stopped does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Tell whether something accepts connections at `host`:`port`."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


class Household:
    """Runs parts side by side until one of them ends or somebody asks to stop."""

    def __init__(
        self, parts: Sequence[Part], write: Callable[[str], object], environment: dict[str, str]
    ) -> None:
        self.parts = parts
        self.write = write
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self.running: list[Running] = []
        self.asked_to_stop = threading.Event()
        self._lock = threading.Lock()

    def run(self, ready: Callable[[], bool], greet: Callable[[], object]) -> str | None:
        """Start every part, call `greet` once `ready()` is true, and wait.

        Returns the name of the part that ended by itself, or None after SIGINT, SIGTERM or SIGHUP. Either
        way everything that was started is stopped first.
        """
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {each: signal.signal(each, self._stop) for each in signals}
        greeted = False
        try:
            for part in self.parts:
                self._start(part)
            while not self.asked_to_stop.wait(0.2):
                for each in self.running:
                    if each.process.poll() is not None:
                        return each.part.name
                if not greeted and ready():
                    greeted = True
                    greet()
            return None
        finally:
            self._stop_all()
            for each_signal, handler in before.items():
                signal.signal(each_signal, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop.set()

    def _start(self, part: Part) -> None:
        process = subprocess.Popen(
            part.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C reaches us alone, and we stop the parts in order; each leads a group with its workers.
            start_new_session=True,
        )
        reader = threading.Thread(target=self._pass_on, args=(part.name, process), daemon=True)
        reader.start()
        self.running.append(Running(part, process, reader))

    def _pass_on(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            with self._lock:
                self.write(f"{name} | {line.rstrip()}")

    def _stop_all(self) -> None:
        for each in reversed(self.running):
            _signal_group(each.process, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for each in self.running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                each.process.wait(max(0.0, deadline - time.monotonic()))
            # The group may hold workers that outlived their leader.
            _signal_group(each.process, signal.SIGKILL)
            each.process.wait()
            each.reader.join(1)


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def django_command(*words: str) -> list[str]:
    """Return the command line of a management command in this environment."""
    return [sys.executable, "-m", "django", *words]
