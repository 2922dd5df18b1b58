"""A tracking service that speaks kuaidi100's protocol over real HTTP, and an installation that uses it."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from logistics import gateways
from logistics.management.tracking_server import Service, serve
from logistics.management.tracking_server.service import CUSTOMER
from logistics.models import Parcel
from tests import factories

PATH = "/hooks/kuaidi100/"
FORM = "application/x-www-form-urlencoded"
SCAN = {"ftime": "2026-11-25 12:00:00", "context": "已揽收", "statusCode": "103", "location": "杭州"}


@contextmanager
def running(service: Service, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; give the address."""
    server = serve(service, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def install(settings: Any, service: Service, home: Path, url: str, callback: str = "http://127.0.0.1:9/") -> None:
    """Let the installation have its parcels followed by this service."""
    settings.AFTERSALES = settings.AFTERSALES | {"tracking_provider": "kuaidi100"}
    settings.KUAIDI100 = {
        "url": url,
        "customer": CUSTOMER,
        "key_file": str(home / "key"),
        "salt_file": str(home / "salt"),
        "callback_url": callback,
    }
    gateways._kuaidi100.cache_clear()


def parcel(number: str = "YT1234567890123", carrier: str = "yuantong", **order: Any) -> Parcel:
    """A parcel that left just now, made by the service that everybody uses."""
    from logistics import services

    made = factories.make_order(**order)
    services.order_ship(order=made, actor=factories.staff(), carrier=carrier, tracking_no=number)
    found: Parcel = Parcel.objects.get(order=made)
    return found


def param_of(number: str = "YT1234567890123", *scans: dict[str, Any], status: str = "polling", **more: Any) -> str:
    """The text of a push."""
    result = {"nu": number, "com": "yuantong", "state": "0", "ischeck": "0", "data": list(scans)}
    return json.dumps({"status": status, "message": "", "lastResult": result} | more, ensure_ascii=False)


def signed(service: Service, param: str) -> dict[str, str]:
    """The form that the service would push."""
    return {"param": param, "sign": hashlib.md5((param + service.salt).encode()).hexdigest().upper()}


def tell(form: dict[str, str], client: Client | None = None) -> tuple[int, dict[str, Any]]:
    """Push a form to the callback; give the status and the document that was answered."""
    answer = (client or Client()).post(PATH, urlencode(form), content_type=FORM)
    return answer.status_code, answer.json()


def until(found: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that other threads bring about."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
