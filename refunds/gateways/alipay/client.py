"""The client: one signed POST a question, no resending, and only answers that are certainly Alipay's are believed.

Never called in a transaction: nobody waits for a bank with a lock in his hands. What is sent is not logged, for account
and name of a payee are in it (LAW-7).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from django.db import connection

from aftersales.core import clock
from aftersales.core.money import MoneyFormatError, parse_yuan
from refunds.gateways.protocol import Notice, Outcome, RefundRequest, TransferRequest

from . import certificates, errors, signing

TIMEOUT = (3.05, 10.0)  # to connect, and between two bytes of the answer
MOST_BYTES = 64 * 1024
IDENTITY = {"alipay": "ALIPAY_LOGON_ID", "bank": "BANKCARD_ACCOUNT"}


class Unverifiable(OSError):
    """An answer that cannot be read, or is not certainly Alipay's: as good as none."""


@dataclass(frozen=True)
class Keys:
    """Whose we are: our key, Alipay's, and in certificate mode the serial numbers that are sent along."""

    app_id: str
    private: RSAPrivateKey = field(repr=False)
    alipay: RSAPublicKey = field(repr=False)
    serials: dict[str, str] = field(default_factory=dict)


def yuan(fen: int) -> str:
    """Write fen as Alipay wants it: yuan with two decimals and nothing else."""
    return f"{fen // 100}.{fen % 100:02d}"


@dataclass(frozen=True)
class AlipayGateway:
    """Refunds (`alipay.trade.refund`) and transfers (`alipay.fund.trans.uni.transfer`), and what came of them."""

    url: str
    keys: Keys
    answers: bool = True

    def refund(self, request: RefundRequest) -> Outcome:
        """Give money of a trade back. A repetition with the same payment number moves nothing a second time.

        Raises: OSError without a believable answer.
        """
        answer = self._ask(
            "alipay.trade.refund",
            {
                "out_trade_no": request.order_no,
                "out_request_no": request.payment_no,
                "refund_amount": yuan(request.amount_fen),
            },
        )
        if answer["code"] != errors.OK:
            return self._refused(answer)
        # Without a change of funds it was done before, or is not done yet: the query knows.
        moved = answer.get("fund_change") == "Y"
        return Outcome("done" if moved else "waiting", reference=str(answer.get("trade_no", "")))

    def query(self, request: RefundRequest) -> Outcome:
        """Ask what came of a refund. Raises: OSError without a believable answer."""
        asked = {"out_trade_no": request.order_no, "out_request_no": request.payment_no}
        answer = self._ask("alipay.trade.fastpay.refund.query", asked)
        if answer["code"] != errors.OK:
            return self._not_told(answer)
        if answer.get("refund_status") != "REFUND_SUCCESS":
            return Outcome("not_found")
        if answer.get("refund_amount") != yuan(request.amount_fen):
            return Outcome("unknown", message="another amount was refunded under this number")
        return Outcome("done", reference=str(answer.get("trade_no", "")))

    def transfer(self, request: TransferRequest) -> Outcome:
        """Pay to an account. A repetition with the same transfer number moves nothing a second time.

        Raises: OSError without a believable answer.
        """
        answer = self._ask(
            "alipay.fund.trans.uni.transfer",
            {
                "out_biz_no": request.transfer_no,
                "trans_amount": yuan(request.amount_fen),
                "product_code": "TRANS_ACCOUNT_NO_PWD",
                "biz_scene": "DIRECT_TRANSFER",
                "order_title": request.title,
                "remark": request.remark,
                "payee_info": {
                    "identity": request.account,
                    "identity_type": IDENTITY[request.account_type],
                    "name": request.name,
                },
            },
        )
        return self._transferred(answer) if answer["code"] == errors.OK else self._refused(answer)

    def transfer_query(self, request: TransferRequest) -> Outcome:
        """Ask what came of a transfer. Raises: OSError without a believable answer."""
        asked = {
            "out_biz_no": request.transfer_no,
            "product_code": "TRANS_ACCOUNT_NO_PWD",
            "biz_scene": "DIRECT_TRANSFER",
        }
        answer = self._ask("alipay.fund.trans.common.query", asked)
        return self._transferred(answer) if answer["code"] == errors.OK else self._not_told(answer)

    def bill(self, day: date, kind: str = "signcustomer") -> bytes:
        """Fetch the statement of a day, a ZIP of CSV in GB18030: `signcustomer` of the account, `trade` of trades.

        Raises: OSError without it (there is none before the next morning).
        """
        asked = {"bill_type": kind, "bill_date": f"{day:%Y-%m-%d}"}
        answer = self._ask("alipay.data.dataservice.bill.downloadurl.query", asked)
        address = str(answer.get("bill_download_url", ""))
        if answer["code"] != errors.OK or not address:
            raise Unverifiable(f"no bill of {day}: {answer.get('sub_code') or answer['code']}")
        response = requests.get(address, timeout=TIMEOUT, allow_redirects=False)
        response.raise_for_status()
        return response.content

    def notice(self, form: Mapping[str, str]) -> Notice:
        """Read a notification of a refund of a trade, or of a transfer. Raises: Unverifiable for one of others."""
        if not signing.notification_is_genuine(self.keys.alipay, form) or form.get("app_id") != self.keys.app_id:
            raise Unverifiable("a notification that is not Alipay's, or not ours")
        try:
            inner = json.loads(form["biz_content"]) if "biz_content" in form else {}
            number = str(form.get("out_biz_no") or inner.get("out_biz_no") or "")
            given = form.get("refund_fee") or inner.get("trans_amount")
            amount = parse_yuan(given) if given else None
            moved = inner.get("status") != "FAIL"
        except (ValueError, AttributeError, MoneyFormatError) as wrong:
            raise Unverifiable("a notification that cannot be read") from wrong
        if not form.get("notify_id"):
            raise Unverifiable("a notification without a number")
        return Notice(form["notify_id"][:128], number[:64], form.get("out_trade_no", "")[:64], amount, moved)

    def _ask(self, method: str, content: dict[str, Any]) -> dict[str, Any]:
        if connection.in_atomic_block:
            raise RuntimeError("a provider is never called in a transaction")
        params = {
            "app_id": self.keys.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}",
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **self.keys.serials,
        }
        params["sign"] = signing.sign(self.keys.private, params)
        with requests.post(self.url, data=params, timeout=TIMEOUT, allow_redirects=False, stream=True) as response:
            raw = b""
            for piece in response.iter_content(8192):
                raw += piece
                if len(raw) > MOST_BYTES:
                    break
        if response.status_code != 200 or len(raw) > MOST_BYTES:
            raise Unverifiable(f"{method}: HTTP {response.status_code}, {len(raw)} bytes")
        return self._believed(method, raw)

    def _believed(self, method: str, raw: bytes) -> dict[str, Any]:
        """Give the document of an answer whose signature is Alipay's. Raises: Unverifiable."""
        try:
            body = raw.decode()
            signature = str(json.loads(body).get("sign", ""))
            document, text = signing.signed_part(body, f"{method.replace('.', '_')}_response")
        except (ValueError, AttributeError) as problem:
            raise Unverifiable(f"{method}: an answer that cannot be read") from problem
        if not signing.verify(self.keys.alipay, text, signature):
            raise Unverifiable(f"{method}: the signature is not Alipay's")
        return document | {"code": str(document.get("code", ""))}

    @staticmethod
    def _refused(answer: dict[str, Any]) -> Outcome:
        sub_code = str(answer.get("sub_code", ""))
        status, fault = errors.meaning(answer["code"], sub_code)
        message = str(answer.get("sub_msg") or answer.get("msg") or "")[:200]
        return Outcome(status, message=message, code=sub_code or answer["code"], fault=fault)

    @staticmethod
    def _not_told(answer: dict[str, Any]) -> Outcome:
        sub_code = str(answer.get("sub_code", ""))
        status, fault = errors.ASKED.get(sub_code, errors.ASK)
        return Outcome(status, code=sub_code or answer["code"], fault=fault)

    @staticmethod
    def _transferred(answer: dict[str, Any]) -> Outcome:
        """Read what a transfer has come to; accounts end in SUCCESS or FAIL (field-facts §3)."""
        status, reference = answer.get("status"), str(answer.get("order_id", ""))
        if status == "SUCCESS":
            return Outcome("done", reference=reference)
        if status == "DEALING":
            return Outcome("waiting", reference=reference)
        if status in ("FAIL", "REFUND"):
            code = str(answer.get("error_code", ""))
            fault = errors.MEANINGS.get(code, errors.PAYEE)[1] or "payee"
            return Outcome("failed", message=str(answer.get("fail_reason", ""))[:200], code=code, fault=fault)
        return Outcome("unknown")


def from_settings() -> AlipayGateway:
    """Make the client of the installation's settings. Raises: LookupError for what is missing or cannot be read."""
    given: dict[str, str] = settings.ALIPAY
    try:
        private = load_pem_private_key(_file(given, "private_key_file"), password=None)
        if given["app_cert_file"]:
            serials = {
                "app_cert_sn": certificates.app_serial(_file(given, "app_cert_file")),
                "alipay_root_cert_sn": certificates.root_serial(_file(given, "root_cert_file")),
            }
            alipay = certificates.public_key(_file(given, "cert_file"))
        else:
            serials, loaded = {}, load_pem_public_key(_file(given, "public_key_file"))
            if not isinstance(loaded, RSAPublicKey):
                raise ValueError("Alipay's public key is no RSA key")
            alipay = loaded
    except (OSError, ValueError) as problem:
        raise LookupError(f"Alipay is not set up: {problem}") from problem
    if not isinstance(private, RSAPrivateKey) or not given["app_id"]:
        raise LookupError("Alipay is not set up: ALIPAY_APP_ID and an RSA key are needed")
    return AlipayGateway(given["gateway_url"], Keys(given["app_id"], private, alipay, serials))


def _file(given: dict[str, str], name: str) -> bytes:
    if not given[name]:
        raise ValueError(f"ALIPAY_{name.upper()} is not set")
    return Path(given[name]).read_bytes()
