"""The client: one POST a question, no resending, and nothing but JSON of the documented shape is believed.

Never called in a transaction. What is sent is not logged, for phone numbers are in it (LAW-7).
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.db import connection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from logistics.gateways.protocol import Answer, NotReached, Track, Waybill

from . import errors, reading, signing

TIMEOUT = (3.0, 10.0)  # to connect, and between two bytes of the answer
MOST_BYTES = 1024 * 1024
RICH = "4"
"""`resultv2`: rows with finer codes and places."""
SIGNED = "1"


class Unreadable(OSError):
    """An answer that is no answer: as good as none."""


@dataclass(frozen=True)
class Account:
    """Whose we are: the customer's number, the key that signs, the salt that pushes are signed with, and where to."""

    customer: str
    key: str = field(repr=False)
    salt: str = field(repr=False)
    callback_url: str


@dataclass(frozen=True)
class Kuaidi100:
    """The tracking service of that name."""

    url: str
    account: Account
    source: str = "kuaidi100"

    def subscribe(self, waybill: Waybill) -> Answer:
        """Have a number followed; asked again for one that is followed, it says so, which is as good.

        Raises: NotReached, OSError without a believable answer.
        """
        asked: dict[str, Any] = {
            "company": waybill.carrier,
            "number": waybill.number,
            "key": self.account.key,
            "parameters": {
                "callbackurl": self.account.callback_url,
                "salt": self.account.salt,
                "resultv2": RICH,
                "autoCom": "1",
            },
        }
        if waybill.phone:
            asked["parameters"]["phone"] = waybill.phone
        answer = self._ask("/poll", {"schema": "json", "param": _written(asked)})
        return errors.answer(errors.SUBSCRIBED, _code(answer), str(answer.get("message", "")))

    def query(self, waybill: Waybill) -> Track:
        """Ask what is known of a number now. Raises: NotReached, OSError without a believable answer."""
        asked = {"com": waybill.carrier, "num": waybill.number, "resultv2": RICH, "show": "0", "order": "desc"}
        if waybill.phone:
            asked["phone"] = waybill.phone
        param = _written(asked)
        sign = signing.query_sign(param, self.account.key, self.account.customer)
        answer = self._ask("/poll/query.do", {"customer": self.account.customer, "sign": sign, "param": param})
        if answer.get("result") is False:
            return Track(errors.answer(errors.ASKED, _code(answer), str(answer.get("message", ""))))
        if str(answer.get("nu", "")).upper() != waybill.number.upper():
            raise Unreadable("/poll/query.do: an answer about another number")
        return Track(Answer("done", "200"), reading.sightings_of(answer), str(answer.get("ischeck")) == SIGNED)

    def _ask(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        if connection.in_atomic_block:
            raise RuntimeError("a provider is never called in a transaction")
        try:
            with requests.post(
                self.url + path, data=form, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                raw = b""
                for piece in response.iter_content(8192):
                    raw += piece
                    if len(raw) > MOST_BYTES:
                        break
        except requests.exceptions.ConnectTimeout as problem:
            raise NotReached(f"{path}: nobody answers") from problem
        except requests.exceptions.ConnectionError as problem:
            reason = problem.args[0] if problem.args else None
            if isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError):
                raise NotReached(f"{path}: nobody is there") from problem
            raise
        if response.status_code != 200 or len(raw) > MOST_BYTES:
            raise Unreadable(f"{path}: HTTP {response.status_code}, {len(raw)} bytes")
        try:
            return reading.document(raw)
        except ValueError as problem:
            raise Unreadable(f"{path}: an answer that cannot be read") from problem


def from_settings() -> Kuaidi100:
    """Make the client of the installation's settings. Raises: LookupError for what is missing or cannot be read."""
    given: dict[str, str] = settings.KUAIDI100
    if not given["customer"]:
        raise LookupError("kuaidi100 is not set up: KUAIDI_CUSTOMER is not set")
    account = Account(given["customer"], _secret(given, "key_file"), _secret(given, "salt_file"), given["callback_url"])
    return Kuaidi100(given["url"].rstrip("/"), account)


def _secret(given: dict[str, str], name: str) -> str:
    try:
        text = Path(given[name]).read_text().strip() if given[name] else ""
    except (OSError, ValueError) as problem:
        raise LookupError(f"kuaidi100 is not set up: {problem}") from problem
    if not text:
        raise LookupError(f"kuaidi100 is not set up: KUAIDI_{name.upper()} is not set, or empty")
    return text


def _code(answer: dict[str, Any]) -> str:
    return str(answer.get("returnCode", ""))


def _written(asked: dict[str, Any]) -> str:
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
