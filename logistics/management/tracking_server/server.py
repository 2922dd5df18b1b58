"""The service over HTTP, on this machine alone; `/control/…` is how a test or the demo steers it."""

import json
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .service import Service, refusal


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    service: Service
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests hold keys and phone numbers."""

    def do_GET(self) -> None:
        """Give the journal: what was asked, scanned and pushed."""
        if self.path == "/control/journal":
            with self.service.lock:
                self._send([{name: row[name] for name in row if name != "salt"} for row in self.service.journal])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Take a question of the customer's, or one of the test that steers this service."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        try:
            if self.path == "/control/numbers":
                self.service.script(**json.loads(body))
                self._send({})
                return
            form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            if self.path == "/poll":
                self._send(self.service.subscribe(json.loads(form["param"])))
            elif self.path == "/poll/query.do":
                self._send(self.service.query(form))
            else:
                self.send_error(404)
        except (KeyError, TypeError, ValueError):
            self._send(refusal("700", "提交的数据不完整"))

    def _send(self, answer: Any) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """One that is not upset by clients that give up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong here, and nothing of a client that left before its answer came."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(service: Service, port: int = 0) -> ThreadingHTTPServer:
    """Make the server on 127.0.0.1, ready for `serve_forever`; port 0 takes any that is free."""
    handler = type("ServiceHandler", (Handler,), {"service": service})
    return Server(("127.0.0.1", port), handler)
