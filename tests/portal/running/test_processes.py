"""Child processes that live and die together."""

import os
import signal
import socket
import sys

import pytest
from django.core.management import CommandError, call_command

from portal.running import greetings
from portal.running.processes import Household, Part, port_is_free

# Says which process it is, has a worker of its own as a server has, and waits to be stopped.
STAYS = """
import os, signal
os.fork()
os.write(1, f"{os.getpid()}\\n".encode())
signal.pause()
"""


def part(name: str, script: str) -> Part:
    return Part(name, [sys.executable, "-c", script])


def all_gone(household: Household) -> bool:
    """Tell whether every process and worker is gone: while one lived, it would hold its output open."""
    return all(
        each.process.returncode is not None and not each.reader.is_alive() for each in household.running
    )


def groups(lines: list[str]) -> set[int]:
    return {int(line.split(" | ")[1]) for line in lines if line.split(" | ")[-1].isdigit()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process_and_their_workers(number: signal.Signals) -> None:
    lines: list[str] = []
    household = Household([part("web", STAYS), part("tick", STAYS)], lines.append, {})
    # Both have a worker once both lines of each are there.
    ended = household.run(lambda: len(lines) >= 4, lambda: os.kill(os.getpid(), number))
    assert ended is None
    found = groups(lines)
    assert len(found) == 4
    assert all_gone(household)


def test_the_death_of_one_process_stops_the_others_and_names_it() -> None:
    lines: list[str] = []
    household = Household(
        [part("web", STAYS), part("worker", "print('no database'); raise SystemExit(3)")], lines.append, {}
    )
    assert household.run(lambda: False, lambda: None) == "worker"
    assert "worker | no database" in lines
    assert all_gone(household)


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        with pytest.raises(CommandError, match=f"端口 {port} 已经有程序在用"):
            call_command("up", "--port", str(port))


def test_a_greeting_registered_twice_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greetings, "_greetings", [])

    def logins(address: str) -> list[str]:
        return [f"{address}/accounts/login/"]

    greetings.register(logins)
    greetings.register(logins)
    assert greetings.lines("http://127.0.0.1:8000") == ["http://127.0.0.1:8000/accounts/login/"]
