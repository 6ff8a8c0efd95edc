"""Calling a group robot: only allowed hosts, only public addresses, no redirects, within a few seconds.

The address of a robot is typed by people, so the server must not be led by it into its own network: the
host must be on the list of the configuration, every address that its name resolves to must be public (but
for hosts listed as private), and the connection goes to exactly the address that was looked at.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext as _

from portal.configuration import services as configuration

from .errors import BadRobot, Undelivered
from .keys import PRIVATE_HOSTS, ROBOT_HOSTS
from .models import App, Reason

# What the two publish of their robots: path, and the parameter that holds the key of the group.
SHAPES = {
    App.WECOM: ("/cgi-bin/webhook/send", "key"),
    App.DINGTALK: ("/robot/send", "access_token"),
}
CONNECT_SECONDS = 4
WHOLE_SECONDS = 8
LONGEST_ANSWER = 64 * 1024
# 64:ff9b::/96 and 2002::/16 carry an IPv4 address within, which would have to be looked at in its turn.
_TRANSLATED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]


def check_address(app: str, address: str) -> str:
    """Return the host (with its port, if any) of a robot's `address`; BadRobot says what is wrong with it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise BadRobot(_("地址不完整，请从群里复制整条地址")) from None
    path, key = SHAPES[App(app)]
    asked = parse_qsl(parts.query)
    if parts.scheme != "https" or parts.username or parts.password or parts.fragment:
        raise BadRobot(_("地址要以 https:// 开头，请从群里复制整条地址"))
    if parts.path != path or [name for name, _value in asked] != [key] or not address.isascii():
        raise BadRobot(_("这不是%(app)s群机器人的地址，请从群里复制整条地址") % {"app": App(app).label})
    host = f"{parts.hostname}:{port}" if port and port != 443 else parts.hostname or ""
    if host not in allowed():
        raise BadRobot(
            _("%(host)s 不在允许的域名里，请核对地址；确实要用的，请系统管理员先加进配置")
            % {"host": host[:60]}
        )
    return host


def allowed() -> set[str]:
    """Return the hosts that a robot may have."""
    return {*configuration.value(ROBOT_HOSTS), *configuration.value(PRIVATE_HOSTS)}


def signed(address: str, secret: str, now: datetime) -> str:
    """Return a DingTalk `address` with timestamp (milliseconds) and sign, as its robots ask where signed."""
    timestamp = str(int(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{address}&{urlencode({'timestamp': timestamp, 'sign': base64.b64encode(digest).decode()})}"


def call(address: str, body: Mapping[str, Any], key: str) -> None:
    """Post `body` as JSON to a checked `address` with the idempotency id `key`.

    Raises Undelivered unless the answer is 200 with ``"errcode": 0``. Nothing that the other side wrote is
    kept but that number.
    """
    parts = urlsplit(address)
    port = parts.port or 443
    host = parts.hostname or ""
    named = f"{host}:{port}" if port != 443 else host
    if parts.scheme != "https" or named not in allowed():
        raise Undelivered(Reason.HOST)
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "X-Idempotency-Key": key}
    sockets: list[socket.socket] = []
    # A time-out of the socket starts anew with each byte that trickles in; this one does not.
    guard = threading.Timer(WHOLE_SECONDS, _cut, [sockets])
    guard.daemon = True
    guard.start()
    try:
        connection = _connect(host, port, sockets, private=named in configuration.value(PRIVATE_HOSTS))
        connection.request("POST", f"{parts.path}?{parts.query}", data, headers)
        response = connection.getresponse()
        text = response.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undelivered(Reason.UNREACHABLE) from error
    finally:
        guard.cancel()
        for each in sockets:
            each.close()
    # A redirect is an answer like any other that is not 200: it is never followed.
    if response.status != 200:
        raise Undelivered(Reason.STATUS, str(response.status))
    try:
        answer = json.loads(text)
        code = answer["errcode"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Undelivered(Reason.STATUS, "200") from error
    if code != 0 or isinstance(code, bool):
        raise Undelivered(Reason.REFUSED, str(code)[:10] if isinstance(code, int) else "")


def _connect(
    host: str, port: int, sockets: list[socket.socket], *, private: bool
) -> http.client.HTTPSConnection:
    """Return a connection to `host` at an address that was looked at, its certificate checked by name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(is_public(one) for one in addresses):
        raise Undelivered(Reason.HOST)
    context = ssl.create_default_context()
    failure: OSError | None = None
    for one in dict.fromkeys(addresses):
        try:
            raw = socket.create_connection((one, port), CONNECT_SECONDS)
        except OSError as error:
            failure = error
            continue
        wrapped = context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
        sockets.append(wrapped)
        wrapped.do_handshake()
        connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS)
        connection.sock = wrapped
        return connection
    raise failure or OSError("no address")


def is_public(address: str) -> bool:
    """Return whether the IP `address` lies on the open internet, whatever it is wrapped in."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _cut(sockets: list[socket.socket]) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
