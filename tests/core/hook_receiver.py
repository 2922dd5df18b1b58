"""A shop's front-end that takes webhooks: a real server on 127.0.0.1, which can be told to fail or to be slow."""

import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class Receiver:
    """What came, and what the next answers are: a status, a number of seconds to wait, or "drip"."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The messages."""
        return [json.loads(body) for _headers, body in self.got]

    @property
    def ids(self) -> list[str]:
        """The ids of the messages."""
        return [headers["webhook-id"] for headers, _body in self.got]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    receiver: Receiver

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take a message."""
        receiver = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            answer = receiver.answers.pop(0) if receiver.answers else 204
            receiver.at_once += 1
            receiver.most_at_once = max(receiver.most_at_once, receiver.at_once)
        if isinstance(answer, float):
            time.sleep(answer)
            answer = 204
        with receiver.lock:
            receiver.at_once -= 1
        if answer == "drip":
            self._drip()
            return
        self.send_response(answer)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"no")

    def _drip(self) -> None:
        """Answer a byte at a time, for ever."""
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 600:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return


@contextmanager
def receiving(certificate: Path | None = None) -> Iterator[Receiver]:
    """Serve until the block ends; over TLS if there is a certificate (with its key, one PEM file)."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ReceiverHandler", (Handler,), {"receiver": receiver}))
    server.daemon_threads = True
    scheme = "http"
    if certificate:
        scheme = "https"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{scheme}://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_made_certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1, which vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    builder = builder.add_extension(host, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = builder.sign(key, SHA256())
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path
