"""The gateway over HTTP, on this machine alone, with its faults; `/control/…` is how a test or the demo steers it."""

import json
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import delaying
from .gateway import Gateway, refusal

SLOW_SECONDS = 30.0
FAULTS = frozenset({"error_before", "error_after", "cut_before", "cut_after", "slow", "wrong_signature", "garbage"})
"""What may be asked for, besides `refuse:<sub_code>`; each is used up by one request.

`late:<questions>` and `late:<seconds>s` let an order to move money be answered as an error of the system, and carry it
out so much later, or at `/control/release`; questions meanwhile do not find it, or with `:error` hear of an error, too.
"""
MOVING = frozenset({"alipay.trade.refund", "alipay.fund.trans.uni.transfer"})


def is_fault(word: str) -> bool:
    """Say whether a fault is one that may be asked for."""
    return word in FAULTS or word.startswith("refuse:") or delaying.read(word) is not None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    gateway: Gateway
    slow_seconds = SLOW_SECONDS
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests hold accounts and names."""

    def do_GET(self) -> None:
        """Give the journal, or a day's statement."""
        if self.path == "/control/journal":
            self._send(json.dumps(self.gateway.journal, ensure_ascii=False).encode())
        elif self.path.startswith("/bill/"):
            self._send(self.gateway.bill(self.path.removeprefix("/bill/")), "application/zip")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Take an order of the app, or one of the test that steers this gateway."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/control/trades":
            given = json.loads(body)
            self.gateway.register_trade(given["out_trade_no"], given["amount_fen"])
            self._send(b"{}")
        elif self.path == "/control/notify":
            given = json.loads(body)
            self.gateway.teller.instruct(**given)
            self._send(b"{}")
        elif self.path == "/control/release":
            with self.gateway.lock:
                self.gateway.waiting.release()
            self._send(b"{}")
        elif self.path == "/control/faults":
            faults = json.loads(body)
            assert all(is_fault(fault) for fault in faults), faults
            self.gateway.faults[:] = faults
            self._send(b"{}")
        else:
            self._order(dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)))

    def _order(self, form: dict[str, str]) -> None:
        fault = self.gateway.faults.pop(0) if self.gateway.faults else ""
        if fault == "cut_before":
            self.close_connection = True
            return
        answer = self._answer(form, fault)
        if fault == "cut_after":
            self.close_connection = True
            return
        if fault == "slow":
            time.sleep(self.slow_seconds)
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        signature = self.gateway.keys.sign(text if fault != "wrong_signature" else text + " ")
        node = f"{form.get('method', 'error').replace('.', '_')}_response"
        self._send(b"<html>" if fault == "garbage" else f'{{"{node}":{text},"sign":"{signature}"}}'.encode())

    def _answer(self, form: dict[str, str], fault: str) -> dict[str, Any]:
        if not self.gateway.keys.is_ours(form):
            return refusal("isv.invalid-signature", "40002")
        if fault == "error_before":
            return {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}
        if fault.startswith("refuse:"):
            return refusal(fault.removeprefix("refuse:"))
        method, delay = form.get("method", ""), delaying.read(fault)
        work = self.gateway.methods.get(method)
        told = {"delay": delay} if delay is not None and method in MOVING else {}
        try:
            answer = work(json.loads(form["biz_content"]), **told) if work else refusal("isv.invalid-method", "40002")
        except (KeyError, TypeError, ValueError):
            answer = refusal("INVALID_PARAMETER")
        if "bill_download_url" in answer:
            answer["bill_download_url"] = f"http://{self.headers['Host']}{answer['bill_download_url']}"
        return refusal("SYSTEM_ERROR") if fault == "error_after" else answer

    def _send(self, body: bytes, kind: str = "application/json;charset=utf-8") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
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


def serve(gateway: Gateway, port: int = 0) -> ThreadingHTTPServer:
    """Make the server on 127.0.0.1, ready for `serve_forever`; port 0 takes any that is free."""
    handler = type("GatewayHandler", (Handler,), {"gateway": gateway})
    return Server(("127.0.0.1", port), handler)
