"""Reading what kuaidi100 writes: results and pushes. What is odd in one row costs that row alone."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aftersales.core import clock
from logistics.gateways.protocol import Kind, Push, Sighting

NUMBER = re.compile(r"[A-Z0-9-]{1,40}")
CARRIER = re.compile(r"[a-z0-9]{1,24}")
CODE = re.compile(r"[0-9]{1,4}")
TIME = "%Y-%m-%d %H:%M:%S"
KINDS: dict[str, Kind] = {"polling": "polling", "updateall": "polling", "abort": "abort", "shutdown": "shutdown"}
NAMES = dict(
    pair.split(":")
    for pair in (
        "揽收:1 在途:0 派件:5 签收:3 退回:6 退签:4 转投:7 转单:7 疑难:2 清关:8 待清关:10 清关中:11"
        " 已清关:12 清关异常:13 拒签:14 已下单:101 待揽收:102 已揽收:103 到达派件城市:1001 干线:1002"
        " 转递:1003 投柜或驿站:501 本人签收:301 派件异常后签收:302 代签:303 投柜或站签收:304 已销单:401"
    ).split()
)
"""Codes by the names that stand in rows without a finer code."""


def push_of(param: str) -> Push:
    """Read the text of a push. Raises: ValueError for one that is none."""
    given = _document(param)
    result = given.get("lastResult")
    if not isinstance(result, dict):
        raise ValueError("a push without a result")
    number = _text(result.get("nu"), 64).upper()
    kind = KINDS.get(_text(given.get("status"), 16))
    if not NUMBER.fullmatch(number) or kind is None:
        raise ValueError("a push about nothing")
    asked, found = _carrier(given.get("comOld")), _carrier(given.get("comNew"))
    corrected = str(given.get("autoCheck")) == "1" and found and found != asked
    return Push(
        number,
        kind,
        _text(given.get("message"), 200),
        asked or _carrier(result.get("com")),
        found if corrected else "",
        sightings_of(result),
    )


def document(raw: bytes) -> dict[str, Any]:
    """Read an answer. Raises: ValueError for what is no JSON object."""
    return _document(raw.decode())


def sightings_of(result: dict[str, Any]) -> tuple[Sighting, ...]:
    """Give the scans of a result; the newest, which stands first, may take its code from the whole one's state."""
    rows = result.get("data")
    state = _code(result.get("state"))
    return tuple(_sightings(rows if isinstance(rows, list) else (), state))


def _sightings(rows: Iterable[Any], state: str) -> Iterable[Sighting]:
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        at = _moment(row.get("ftime")) or _moment(row.get("time"))
        if at is None:
            continue
        code = _code(row.get("statusCode")) or NAMES.get(_text(row.get("status"), 16), "")
        place = _text(row.get("location"), 120) or _text(row.get("areaName"), 120)
        yield Sighting(at, code or (position == 0 and state) or "0", _text(row.get("context"), 500), place)


def _document(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _moment(given: Any) -> datetime | None:
    """Read a time of day in China; None for what is none."""
    try:
        moment = datetime.strptime(_text(given, 32), TIME)  # noqa: DTZ007 – the zone is China's, and is not written
    except ValueError:
        return None
    return moment.replace(tzinfo=clock.SHANGHAI)


def _code(given: Any) -> str:
    text = _text(given, 8)
    return text if CODE.fullmatch(text) else ""


def _carrier(given: Any) -> str:
    text = _text(given, 32).lower()
    return text if CARRIER.fullmatch(text) else ""


def _text(given: Any, most: int) -> str:
    """Give text that a database takes; half a character, which JSON can spell, becomes a question mark."""
    text = str(given) if isinstance(given, str | int) else ""
    return text.encode("utf-8", "replace").decode().replace("\x00", "").strip()[:most]
