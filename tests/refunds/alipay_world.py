"""A gateway that speaks Alipay's protocol over real HTTP, and a client that was given its keys."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from refunds import gateways
from refunds.gateways import RefundRequest, TransferRequest
from refunds.gateways.alipay import AlipayGateway, Keys
from refunds.management.alipay_server import Gateway, serve

AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@contextmanager
def running(gateway: Gateway, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; give the address."""
    server = serve(gateway, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/gateway.do"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def installed(settings: Any, home: Path) -> Iterator[tuple[Gateway, str]]:
    """Let the installation refund and pay out by a gateway of its own; give it and its address."""
    gateway = Gateway(home)
    with running(gateway) as url:
        settings.AFTERSALES = settings.AFTERSALES | {"refund_gateway": "alipay", "payout_gateway": "alipay"}
        settings.ALIPAY = settings.ALIPAY | {
            "gateway_url": url,
            "app_id": "2026000000000000",
            "private_key_file": str(home / "app.pem"),
            "public_key_file": str(home / "gateway.pub.pem"),
        }
        gateways._alipay.cache_clear()
        yield gateway, url
    gateways._alipay.cache_clear()


def client_of(gateway: Gateway, url: str, home: Path) -> AlipayGateway:
    """The client that the gateway knows as its app."""
    private = load_pem_private_key((home / "app.pem").read_bytes(), password=None)
    return AlipayGateway(url, Keys("2026000000000000", private, gateway.keys.gateway.public_key()))


def refund_of(amount_fen: int = 10400, number: str = "RP1", order_no: str = "A1") -> RefundRequest:
    """Money of a trade, to be given back."""
    return RefundRequest(number, order_no, amount_fen, AT)


def transfer_of(amount_fen: int = 1200, number: str = "PO1", account: str = "li@example.com") -> TransferRequest:
    """Money to an account."""
    return TransferRequest(number, amount_fen, "alipay", account, "李雷", "退货运费", "订单 A1", AT)
