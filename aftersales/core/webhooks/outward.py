"""A POST to an address that somebody else chose: never into our own network, never longer than its time.

The name is resolved once, every address that it has must be public, and the connection goes to the very address that
was looked at, so that a name that changes between the two leads nowhere else (DNS rebinding). Redirects are not
followed. Certificates are checked against the name.
"""

import contextlib
import ipaddress
import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import certifi
from django.conf import settings
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout, connection

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3.0, 10.0, 15.0
MOST_BYTES = 2_000
"""Of an answer so much is read, and no more."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """An address that nothing is sent to; the text says why."""


@dataclass(frozen=True, slots=True)
class Response:
    """What the other side said, or why there is nothing."""

    status: int | None = None
    text: str = ""
    error: str = ""
    retry_after: str = ""


def address_checked(url: str, *, allow_private: bool) -> SplitResult:
    """Read an address. Raises: Refused for what is no https address of a public host at a port that is allowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise Refused("this is no address") from wrong
    if not allow_private and (port or 443) not in settings.AFTERSALES["webhook_ports"]:
        raise Refused("the port is not one that messages may go to")
    if parts.scheme not in ({"http", "https"} if allow_private else {"https"}):
        raise Refused("the address must begin with https://")
    if not parts.hostname or parts.username is not None or parts.password is not None or port == 0:
        raise Refused("the address must name a host, and no user")
    if any(character <= " " or character == "\x7f" for character in url):
        raise Refused("the address contains blanks")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return parts
    if not allow_private and not is_public(literal):
        raise Refused("the address is private")
    return parts


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one of the open internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolved(host: str, port: int, *, allow_private: bool) -> str:
    """Look a host up and give the address to connect to. Raises: Refused if any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as wrong:
        raise Refused("the host cannot be found") from wrong
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not allow_private and not all(is_public(ipaddress.ip_address(address)) for address in addresses):
        raise Refused("the host has a private address")
    return addresses[0]


@dataclass
class Post:
    """One POST; `send` in a thread of its own, `abort` from any other once its time is over."""

    url: str
    body: bytes
    headers: dict[str, str]
    allow_private: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _aborted: threading.Event = field(default_factory=threading.Event)

    def send(self) -> Response:
        """Send it and give the answer; whatever goes wrong is an answer, too."""
        try:
            parts = address_checked(self.url, allow_private=self.allow_private)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            address = resolved(str(parts.hostname), port, allow_private=self.allow_private)
        except Refused as why:
            return Response(error=f"refused: {why}")
        try:
            answer = self._exchange(parts, port, address)
        except (HTTPError, OSError, ValueError) as problem:
            answer = Response(error=type(problem).__name__)
        finally:
            for one in self._sockets:
                one.close()
        if self._aborted.is_set():  # half an answer is none, even where its first line was "200 OK"
            return Response(error=f"no answer within {WHOLE_SECONDS:.0f} s")
        return answer

    def _exchange(self, parts: SplitResult, port: int, address: str) -> Response:
        """Post, and read the beginning of the answer."""
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with self._pool(parts.scheme == "https", str(parts.hostname), port, address) as pool:
            answer = pool.urlopen(
                "POST",
                path,
                body=self.body,
                headers=self.headers,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            )
            text = answer.read(MOST_BYTES, decode_content=False).decode("utf-8", "replace")
            answer.close()
        return Response(answer.status, text, retry_after=answer.headers.get("Retry-After", ""))

    def abort(self) -> None:
        """End it now."""
        self._aborted.set()
        for one in list(self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _pool(self, secure: bool, host: str, port: int, address: str) -> HTTPConnectionPool:
        """Give a pool whose connections go to `address` and still speak to `host`."""
        post = self

        class Pinned(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                made = connection.create_connection((address, port), self.timeout)
                post._sockets.append(made.dup())  # TLS takes `made` over and leaves it closed; a copy still ends both
                if post._aborted.is_set():
                    raise TimeoutError
                return made

        class PinnedSecure(HTTPSConnection):
            _new_conn = Pinned._new_conn

        pool: HTTPConnectionPool
        if secure:
            pool = HTTPSConnectionPool(host, port, ca_certs=certifi.where())
            pool.ConnectionCls = PinnedSecure
        else:
            pool = HTTPConnectionPool(host, port)
            pool.ConnectionCls = Pinned
        return pool
