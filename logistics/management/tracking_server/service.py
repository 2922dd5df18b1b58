"""What the service knows and does: numbers with their routes, who may ask, and the journal a restart is read from."""

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .pushing import Pusher
from .routes import Stop, made_up, result_of, row_of

Answer = dict[str, Any]
CUSTOMER = "A1B2C3D4E5F60718293A4B5C6D7E8F90"
FAULTS = frozenset({"late", "shuffled", "repeated", "silent", "bad_signature", "abort", "shutdown", "no_scans"})
"""What may be asked for a number, besides `carrier:<code>`: it is really another carrier's."""
MONTH, HALF_HOUR, HOUR = 31 * 86_400.0, 1_800.0, 3_600.0
MOST_SUBSCRIPTIONS = 4


def md5(text: str) -> str:
    """Give the digest that signatures are made of here."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def refusal(code: str, message: str) -> Answer:
    """Say no, as kuaidi100 does."""
    return {"result": False, "returnCode": code, "message": message}


class Service:
    """One customer's account. Each question and each push is one line of `journal.jsonl`.

    `speed` makes all waiting shorter: at 3600, an hour takes a second. Limits are kept by the clock on the wall where
    `strict`, and by that of the parcels otherwise.
    """

    def __init__(self, home: Path, *, speed: float = 1.0, strict: bool = True) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.key, self.salt = _secret(home / "key"), _secret(home / "salt")
        self.speed, self.strict = speed, strict
        self.lock = threading.Lock()
        self.scripts: dict[str, list[Stop]] = {}
        self.faults: dict[str, list[str]] = {}
        self.followed: dict[str, dict[str, Any]] = {}
        self.scans: dict[str, list[dict[str, Any]]] = {}
        self.subscribed_at: dict[str, list[float]] = {}
        self.queried_at: dict[str, float] = {}
        self.locked: set[str] = set()
        self.journal: list[dict[str, Any]] = []
        path = home / "journal.jsonl"
        known = path.read_text().splitlines() if path.exists() else []
        self.file = path.open("a")
        self.pusher = Pusher(self._note, speed)
        for line in known:
            self._take_in(json.loads(line))

    def resume(self) -> None:
        """Let parcels that were under way when the last service ended go on."""
        for number in list(self.followed):
            self._start(number)

    def script(self, number: str, *, route: list[dict[str, Any]] | None = None, faults: Sequence[str] = ()) -> None:
        """Say what happens to a number, and what goes wrong with telling of it. Raises: ValueError, TypeError."""
        for fault in faults:
            if fault not in FAULTS and not fault.startswith("carrier:"):
                raise ValueError(fault)
        with self.lock:
            if route is not None:
                self.scripts[number] = [Stop(**stop) for stop in route]
            self.faults[number] = list(faults)

    def subscribe(self, asked: dict[str, Any]) -> Answer:
        """Follow a number from now on: its route begins, and each scan is pushed."""
        if asked.get("key") != self.key:
            return refusal("600", "您不是合法的订阅者（即授权Key出错）")
        number, carrier = str(asked["number"]), str(asked["company"])
        parameters = asked["parameters"]
        if not 6 <= len(number) <= 32 or not parameters.get("callbackurl"):
            return refusal("700", "订阅方的订阅数据存在错误")
        if carrier == "nobody":
            return refusal("701", "拒绝订阅的快递公司")
        if carrier in ("shunfeng", "zhongtong") and not parameters.get("phone"):
            return refusal("700", "缺少电话号码")
        now = time.time()
        with self.lock:
            if number in self.followed:
                return refusal("501", "重复订阅")
            lately = [at for at in self.subscribed_at.get(number, []) if at > now - MONTH / self._limits]
            if len(lately) >= MOST_SUBSCRIPTIONS:
                return refusal("700", "同一单号一个月内订阅次数超限")
            row = {"kind": "subscribe", "no": number, "carrier": carrier, "to": parameters["callbackurl"]}
            self.write(row | {"salt": parameters.get("salt", "")})
        self._start(number)
        return {"result": True, "returnCode": "200", "message": "提交成功"}

    def query(self, form: dict[str, str]) -> Answer:
        """Say what is known of a number now; one that is asked about too often is locked."""
        param = form["param"]
        if form.get("customer") != CUSTOMER or form.get("sign") != md5(param + self.key + CUSTOMER):
            return refusal("503", "验证签名失败")
        asked = json.loads(param)
        number, now = str(asked["num"]), time.time()
        with self.lock:
            before = self.queried_at.get(number)
            self.queried_at[number] = now
            if before is not None and now - before < HALF_HOUR / self._limits:
                self.locked.add(number)
            self.write({"kind": "query", "no": number})
            if number in self.locked:
                return refusal("501", "单号已锁定")
            rows = list(self.scans.get(number, []))
        return result_of(number, str(asked["com"]), rows) if rows else refusal("500", "查询无结果，请隔段时间再查")

    def write(self, row: dict[str, Any]) -> None:
        """Put a line on disk. Called with the lock held."""
        row["at"] = time.time()
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self._take_in(row)

    def _take_in(self, row: dict[str, Any]) -> None:
        self.journal.append(row)
        if row["kind"] == "subscribe":
            self.followed[row["no"]] = row
            self.subscribed_at.setdefault(row["no"], []).append(row["at"])
        elif row["kind"] == "over":
            self.followed.pop(row["no"], None)
        elif row["kind"] == "scan":
            self.scans.setdefault(row["no"], []).append(row["scan"])

    def _note(self, number: str, taken: bool) -> None:
        with self.lock:
            self.write({"kind": "push", "no": number, "taken": taken})

    @property
    def _limits(self) -> float:
        return 1.0 if self.strict else self.speed

    def _start(self, number: str) -> None:
        if "no_scans" in self.faults.get(number, ()):
            return
        worker = threading.Thread(target=self._travel, args=[number], daemon=True)
        worker.start()

    def _travel(self, number: str) -> None:
        """Let the parcel go its way, and tell of each scan as its faults have it."""
        faults, row = self.faults.get(number, []), self.followed[number]
        found = next((fault.partition(":")[2] for fault in faults if fault.startswith("carrier:")), "")
        if "abort" in faults:
            self._sleep(72 if "late" in faults else 1)
            self.faults[number] = [fault for fault in faults if fault != "abort"]
            self._tell(row, found, "abort", "3天查询无记录", faults, over=True)
            return
        forms: list[dict[str, str]] = []
        route = self.scripts.get(number) or made_up(number)
        for stop in route[len(self.scans.get(number, [])) :]:
            self._sleep(stop.hours)
            with self.lock:
                self.write({"kind": "scan", "no": number, "scan": row_of(stop, time.time())})
            if "shuffled" in faults or "late" in faults:
                forms.append(self._form(row, found, "polling", "", faults))
            else:
                self._tell(row, found, "polling", "", faults)
        if "late" in faults:
            self._sleep(6)
        for form in forms[::-1] if "shuffled" in faults else forms:
            self._send(row, form, faults)
        done = self.scans[number][-1:] and self.scans[number][-1]["statusCode"].startswith("3")
        if done or "shutdown" in faults:
            self._tell(row, found, "shutdown", "", faults, over=True)

    def _tell(
        self, row: dict[str, Any], found: str, status: str, message: str, faults: list[str], *, over: bool = False
    ) -> None:
        form = self._form(row, found, status, message, faults)
        if over:
            with self.lock:
                self.write({"kind": "over", "no": row["no"], "status": status})
        self._send(row, form, faults)

    def _send(self, row: dict[str, Any], form: dict[str, str], faults: list[str]) -> None:
        if "silent" not in faults:
            for _time in range(3 if "repeated" in faults else 1):
                self.pusher.push(row["no"], row["to"], form)

    def _form(self, row: dict[str, Any], found: str, status: str, message: str, faults: list[str]) -> dict[str, str]:
        rows = list(self.scans.get(row["no"], [])) if status != "abort" else []
        param = json.dumps(
            {
                "status": status,
                "billstatus": "check" if status == "shutdown" else "got",
                "message": message,
                "autoCheck": "1" if found else "0",
                "comOld": row["carrier"] if found else "",
                "comNew": found,
                "lastResult": result_of(row["no"], found or row["carrier"], rows),
            },
            ensure_ascii=False,
        )
        salt = row["salt"] + ("?" if "bad_signature" in faults else "")
        return {"sign": md5(param + salt), "param": param}

    def _sleep(self, hours: float) -> None:
        time.sleep(hours * HOUR / self.speed)


def _secret(path: Path) -> str:
    """Give the secret of a file, made on first use."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(8))
    return path.read_text().strip()
