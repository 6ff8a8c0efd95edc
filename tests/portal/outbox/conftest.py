"""A county with offices, a group robot that listens on this machine, and a worker in the test itself."""

import datetime as dt
import http.server
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django_tasks_db.models import DBTaskResult

from portal import clock
from portal.areas.models import Area, Level
from portal.configuration.models import Setting
from portal.outbox import robots
from portal.outbox.keys import PRIVATE_HOSTS
from portal.outbox.models import Robot
from portal.people.models import Line, Office, Role, User


def work() -> None:
    """Do what is queued as a worker does, the more urgent first; a worker would close our connection."""
    for queued in DBTaskResult.objects.ready():
        queued.task.call(*queued.args_kwargs["args"], **queued.args_kwargs["kwargs"])
        queued.delete()


@dataclass
class Group:
    """A group's robot: what it was sent, and how it answers (status, body, headers)."""

    host: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    headers: dict[str, str] = field(default_factory=dict)
    stalls: bool = False
    arrived: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def address(self, app: str = "wecom") -> str:
        """Return the address to propose a robot with."""
        if app == "wecom":
            return f"https://{self.host}/cgi-bin/webhook/send?key=invented-key"
        return f"https://{self.host}/robot/send?access_token=invented-token"


def _certificate(folder: Path) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept, secret = folder / "cert.pem", folder / "key.pem"
    kept.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return str(kept), str(secret)


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    """Yield a group robot on this machine, its certificate trusted, its host not yet allowed."""
    kept, secret = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", kept)
    group = Group()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            group.heard.append({"path": self.path, "body": body, "key": self.headers["X-Idempotency-Key"]})
            group.arrived.set()
            if group.stalls:
                group.go_on.wait(30)
            self.send_response(group.status)
            for header, value in group.headers.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(group.answer)))
            self.end_headers()
            self.wfile.write(group.answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    group.host = f"localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield group
    group.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def allow() -> Callable[[str, str], None]:
    """Return `allow(key, host)`: have the configuration list the host, confirmed by two."""

    def listed(key: str, host: str) -> None:
        Setting.objects.create(
            key=key, value=[host], valid_from=dt.date(2020, 1, 1), source="测试", confirmed_at=clock.now()
        )

    return listed


@dataclass
class Place:
    """A county with one township and one village, and people with offices there."""

    county: Area
    township: Area
    village: Area
    people: dict[str, User]

    def __getitem__(self, name: str) -> User:
        return self.people[name]


@pytest.fixture
def place(db: None) -> Place:
    """Return the county, its reviewer and head, two of the township, one of the village, and the keepers."""
    long_ago = dt.date(2020, 1, 1)
    city = Area.add_root(code="990100000000", name="测试市", level=Level.CITY, valid_from=long_ago)
    county = city.add_child(code="990102000000", name="测试县", level=Level.COUNTY, valid_from=long_ago)
    township = county.add_child(code="990102100000", name="测试镇", level=Level.TOWNSHIP, valid_from=long_ago)
    village = township.add_child(code="990102100200", name="测试村", level=Level.VILLAGE, valid_from=long_ago)
    seats = [
        ("county", Role.COUNTY_REVIEWER, county),
        ("countyhead", Role.COUNTY_HEAD, county),
        ("one", Role.TOWNSHIP_REVIEWER, township),
        ("two", Role.TOWNSHIP_HEAD, township),
        ("clerk", Role.VILLAGE_CLERK, village),
        ("editor", Role.EDITOR, county),
        ("admin", Role.SYSTEM_ADMIN, county),
    ]
    people = {}
    for name, role, area in seats:
        people[name] = User.objects.create(username=name, display_name=f"测试{name}")
        Office.objects.create(user=people[name], role=role, area=area, line=Line.ALL, starts_on=long_ago)
    return Place(county, township, village, people)


@pytest.fixture
def robot(place: Place, group: Group, allow: Callable[[str, str], None]) -> Callable[..., Robot]:
    """Return `robot(**changes)`: a confirmed robot of the township that leads to `group`."""

    def made(**changes: Any) -> Robot:
        if not Setting.objects.filter(key=PRIVATE_HOSTS).exists():
            allow(PRIVATE_HOSTS, group.host)
        app = changes.get("app", "wecom")
        facts: dict[str, Any] = {
            "area": place.township,
            "line": Line.ALL,
            "below": False,
            "app": app,
            "name": "测试镇工作群",
            "address": group.address(app),
            "starts_on": clock.today(),
        }
        proposed = robots.propose(by=place["county"], **(facts | changes))
        return robots.confirm(by=place["countyhead"], robot_id=proposed.pk)

    return made
