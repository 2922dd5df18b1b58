"""What the gateway knows and does: trades, refunds, transfers, and the journal that a restart is read from."""

import csv
import io
import json
import os
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .delaying import Delay, Key, Row, Waiting
from .keys import KeyRing
from .notifying import Teller

Answer = dict[str, Any]
BEIJING = timedelta(hours=8)
COLUMNS = "账务流水号 业务流水号 商户订单号 发生时间 收入金额(+元) 支出金额(-元) 业务类型 备注".split()


def fen(yuan: str) -> int:
    """Read yuan with at most two decimals. Raises: ValueError."""
    whole, _dot, part = yuan.partition(".")
    if not whole.isdigit() or (part and not part.isdigit()) or len(part) > 2:
        raise ValueError(yuan)
    return int(whole) * 100 + int(part.ljust(2, "0") or "0")


def yuan(amount: int) -> str:
    """Write fen as yuan."""
    return f"{amount // 100}.{amount % 100:02d}"


def refusal(sub_code: str, code: str = "40004") -> Answer:
    """Say no, as Alipay does."""
    return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": sub_code}


class Gateway:
    """One account. Each movement of money is one line of `journal.jsonl`, on disk before anybody is told."""

    def __init__(self, home: Path) -> None:
        self.keys = KeyRing(home)
        self.lock = threading.Lock()
        self.trades: dict[str, int] = {}
        self.refunds: dict[tuple[str, str], dict[str, Any]] = {}
        self.transfers: dict[str, dict[str, Any]] = {}
        self.journal: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.waiting = Waiting(self.lock, self._write)
        self.teller = Teller(self.keys)
        path = home / "journal.jsonl"
        if path.exists():
            for line in path.read_text().splitlines():
                self._take_in(json.loads(line))
        self.file = path.open("a")
        self.methods: dict[str, Callable[..., Answer]] = {
            "alipay.trade.refund": self.refund,
            "alipay.trade.fastpay.refund.query": self.refund_query,
            "alipay.fund.trans.uni.transfer": self.transfer,
            "alipay.fund.trans.common.query": self.transfer_query,
            "alipay.data.dataservice.bill.downloadurl.query": self.bill_query,
        }

    def register_trade(self, out_trade_no: str, amount: int) -> None:
        """Let a trade be known that was paid."""
        with self.lock:
            if out_trade_no not in self.trades:
                self._write({"kind": "trade", "no": out_trade_no, "amount_fen": amount})

    def refund(self, asked: dict[str, Any], delay: Delay | None = None) -> Answer:
        """Give money of a trade back; the same number again changes nothing. With a delay: say nothing of it yet."""
        trade, number, amount = asked["out_trade_no"], asked["out_request_no"], fen(asked["refund_amount"])
        with self.lock:
            taken = self.waiting.rows.get((trade, number))
            known = self.refunds.get((trade, number)) or taken
            if known is not None and known["amount_fen"] != amount:
                return refusal("ACQ.DISCORDANT_REPEAT_REQUEST")
            if trade not in self.trades:
                return refusal("ACQ.TRADE_NOT_EXIST")
            rows = [*self.refunds.values(), *self.waiting.rows.values()]
            given = sum(row["amount_fen"] for row in rows if row.get("trade") == trade)
            if known is None:
                if given + amount > self.trades[trade]:
                    return refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
                row = {"kind": "refund", "trade": trade, "no": number, "amount_fen": amount}
                taken = self._move((trade, number), row, delay)
            if taken is not None:
                return refusal("ACQ.SYSTEM_ERROR")
            return {
                "code": "10000",
                "msg": "Success",
                "trade_no": f"2026{trade}",
                "out_trade_no": trade,
                "fund_change": "N" if known else "Y",
                "refund_fee": yuan(given + (0 if known else amount)),
            }

    def refund_query(self, asked: dict[str, Any]) -> Answer:
        """Say what came of a refund; without one, nothing but the code."""
        trade, number = asked["out_trade_no"], asked["out_request_no"]
        with self.lock:
            if trade not in self.trades:
                return refusal("ACQ.TRADE_NOT_EXIST")
            if self.waiting.asked((trade, number)) == "error":
                return refusal("ACQ.SYSTEM_ERROR")
            row = self.refunds.get((trade, number))
        found: Answer = {"code": "10000", "msg": "Success"}
        if row is not None:
            amount = yuan(row["amount_fen"])
            found |= {"trade_no": f"2026{trade}", "refund_status": "REFUND_SUCCESS", "refund_amount": amount}
        return found

    def transfer(self, asked: dict[str, Any], delay: Delay | None = None) -> Answer:
        """Pay to an account; the same number again changes nothing. With a delay: say nothing of it yet."""
        number, payee = asked["out_biz_no"], asked["payee_info"]
        wanted = {"amount_fen": fen(asked["trans_amount"]), "to": payee["identity"], "name": payee["name"]}
        with self.lock:
            taken = self.waiting.rows.get((number,))
            known = self.transfers.get(number) or taken
            if known is not None and any(known[name] != value for name, value in wanted.items()):
                return refusal("PAYMENT_INFO_INCONSISTENCY")
            if known is None:
                if wanted["amount_fen"] < 10:
                    return refusal("EXCEED_LIMIT_SM_MIN_AMOUNT")
                taken = self._move((number,), {"kind": "transfer", "no": number, **wanted}, delay)
            return refusal("SYSTEM_ERROR") if taken is not None else self._transferred(number)

    def transfer_query(self, asked: dict[str, Any]) -> Answer:
        """Say what came of a transfer."""
        number = asked["out_biz_no"]
        with self.lock:
            if self.waiting.asked((number,)) == "error":
                return refusal("SYSTEM_ERROR")
            return self._transferred(number) if number in self.transfers else refusal("ORDER_NOT_EXIST")

    def bill_query(self, asked: dict[str, Any]) -> Answer:
        """Say where the statement of a day is."""
        return {"code": "10000", "msg": "Success", "bill_download_url": f"/bill/{asked['bill_date']}"}

    def bill(self, day: str) -> bytes:
        """Give the statement of a day: a ZIP with a CSV in GB18030, comment lines above and below, as Alipay's."""
        rows = [row for row in self.journal if row["kind"] != "trade" and row["at"].startswith(day)]
        text = io.StringIO()
        text.write("#支付宝账务明细查询\n")
        table = csv.writer(text)
        table.writerow(COLUMNS)
        for position, row in enumerate(rows, 1):
            kind = {"refund": "交易退款", "transfer": "转账"}[row["kind"]]
            of = row.get("trade", row["no"])
            amount = f"-{yuan(row['amount_fen'])}"
            table.writerow([f"L{position:08d}", row["no"], of, row["at"], "0.00", amount, kind, ""])
        text.write("#导出结束\n")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{day}_账务明细.csv", text.getvalue().encode("gb18030"))
        return packed.getvalue()

    def _transferred(self, number: str) -> Answer:
        return {
            "code": "10000",
            "msg": "Success",
            "out_biz_no": number,
            "order_id": f"T{number}",
            "status": "SUCCESS",
        }

    def _move(self, key: Key, row: Row, delay: Delay | None) -> Row | None:
        """Move money now, or keep the order for later and give it back."""
        if delay is None:
            self._write(row)
            return None
        self.waiting.take(key, row, delay)
        return row

    def _write(self, row: Row) -> None:
        row["at"] = f"{datetime.now(UTC) + BEIJING:%Y-%m-%d %H:%M:%S}"
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self._take_in(row)
        if row["kind"] != "trade":
            self.teller.tell(row)

    def _take_in(self, row: Row) -> None:
        self.journal.append(row)
        if row["kind"] == "trade":
            self.trades[row["no"]] = row["amount_fen"]
        elif row["kind"] == "refund":
            self.refunds[row["trade"], row["no"]] = row
        else:
            self.transfers[row["no"]] = row
