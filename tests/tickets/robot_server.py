"""A small server that speaks as the robots of DingTalk and WeCom do: it checks keys and signatures."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRET = "SEC0123456789abcdef"
KEY = "k-12345678"


class Robots:
    """The server's side: what came, and what it answers next."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.answers: list[tuple[int, bytes]] = []
        self.address = ""

    @property
    def dingtalk(self) -> str:
        """The address of the group with a secret."""
        return f"http://{self.address}/robot/send?access_token={KEY}"

    @property
    def wecom(self) -> str:
        """The address of the group without."""
        return f"http://{self.address}/cgi-bin/webhook/send?key={KEY}"

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Judge a message as the providers do."""
        asked = parse_qs(urlsplit(path).query)
        if self.answers:
            return self.answers.pop(0)
        if path.startswith("/robot/send") and not signed(asked):
            return 200, b'{"errcode":310000,"errmsg":"sign not match"}'
        if KEY not in (*asked.get("access_token", ()), *asked.get("key", ())):
            return 200, b'{"errcode":300001,"errmsg":"token is not exist"}'
        said = json.loads(body)
        assert said["msgtype"] == "text"
        self.texts.append(said["text"]["content"])
        return 200, b'{"errcode":0,"errmsg":"ok"}'


def signed(asked: dict[str, list[str]]) -> bool:
    """Check the signature as DingTalk's documentation makes it."""
    stamp = asked.get("timestamp", [""])[0]
    made = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), digestmod=hashlib.sha256).digest()
    return stamp.isdigit() and len(stamp) == 13 and asked.get("sign") == [base64.b64encode(made).decode()]


@contextmanager
def running() -> Iterator[Robots]:
    """Run the server on a free port of this machine."""
    robots = Robots()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = robots.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    robots.address = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield robots
    finally:
        server.shutdown()
        server.server_close()
