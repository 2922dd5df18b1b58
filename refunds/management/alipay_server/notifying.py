"""Telling the app what moved, unasked: a signed form for each movement; late, doubled, shuffled, forged on demand."""

import json
import random
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

from .keys import KeyRing

APP_ID = "2026000000000000"
SECONDS = 5.0


def form_of(keys: KeyRing, row: dict[str, Any], *, wrong: bool = False) -> dict[str, str]:
    """Make the signed form about one movement of the journal: of a trade, or as `alipay.fund.trans.order.changed`."""
    amount = f"{row['amount_fen'] // 100}.{row['amount_fen'] % 100:02d}"
    form = {"notify_id": uuid.uuid4().hex, "notify_time": row["at"], "app_id": APP_ID, "sign_type": "RSA2"}
    if row["kind"] == "refund":
        form |= {
            "notify_type": "trade_status_sync",
            "out_trade_no": row["trade"],
            "out_biz_no": row["no"],
            "trade_status": "TRADE_SUCCESS",
            "refund_fee": amount,
        }
    else:
        content = {
            "out_biz_no": row["no"],
            "order_id": f"T{row['no']}",
            "status": row.get("status", "SUCCESS"),
            "trans_amount": amount,
            "product_code": "TRANS_ACCOUNT_NO_PWD",
            "biz_scene": "DIRECT_TRANSFER",
        }
        form |= {"msg_method": "alipay.fund.trans.order.changed", "biz_content": json.dumps(content)}
    text = "&".join(f"{name}={form[name]}" for name in sorted(form) if name != "sign_type")
    return form | {"sign": keys.sign(text + "!" if wrong else text)}


def send(url: str, form: dict[str, str]) -> tuple[int, str]:
    """Post a form; give the status and the word that was answered."""
    body = urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/x-www-form-urlencoded"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(100).decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(100).decode()
    except OSError:
        return 0, ""


class Teller:
    """Tells the app of movements, from a thread of its own, so that nobody who asks waits for it.

    Told so, it tells each one `times` times, `seconds` late, and `shuffled`: then all copies of what moved meanwhile go
    out in an order that means nothing.
    """

    def __init__(self, keys: KeyRing) -> None:
        self.keys, self.url, self.times, self.seconds, self.shuffled = keys, "", 1, 0.0, False
        self.told: list[tuple[str, int, str]] = []
        self._forms: list[tuple[str, dict[str, str]]] = []
        self._lock = threading.Lock()

    def instruct(self, *, url: str, times: int = 1, seconds: float = 0.0, shuffled: bool = False) -> None:
        """Say where to tell, and how badly; without an address nothing is told."""
        self.url, self.times, self.seconds, self.shuffled = url, times, seconds, shuffled

    def tell(self, row: dict[str, Any]) -> None:
        """Tell of a movement, later."""
        if not self.url:
            return
        with self._lock:
            first = not self._forms
            self._forms += [(row["no"], form_of(self.keys, row))] * self.times
        if first:
            timer = threading.Timer(self.seconds, self._go_out, [self.url])
            timer.daemon = True
            timer.start()

    def _go_out(self, url: str) -> None:
        with self._lock:
            forms, self._forms = self._forms, []
        if self.shuffled:
            random.shuffle(forms)
        for number, form in forms:
            self.told.append((number, *send(url, form)))
