"""What happens to a parcel: a route of scans, scripted or made up from its number, and how they are written down."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

BEIJING = timedelta(hours=8)
CITIES = ("杭州", "广州", "成都", "武汉", "北京", "西安", "南京", "厦门")
STATES = {
    "1": "揽收",
    "0": "在途",
    "5": "派件",
    "3": "签收",
    "6": "退回",
    "4": "退签",
    "7": "转投",
    "2": "疑难",
    "8": "清关",
}


@dataclass(frozen=True)
class Stop:
    """One scan: how long after the one before it, in hours; its code; what is written."""

    hours: float
    code: str
    text: str
    place: str = ""


def made_up(number: str) -> list[Stop]:
    """Make a route up, always the same for a number."""
    seed = int(hashlib.sha256(number.encode()).hexdigest(), 16)
    there, here = CITIES[seed % 8], CITIES[(seed // 8) % 8]
    end = ("304", "【{}】已投放菜鸟驿站并由收件人取出") if seed % 3 == 0 else ("301", "【{}】已签收，签收人：本人")
    return [
        Stop(1, "103", f"【{there}】快递员已揽收", there),
        Stop(4, "1002", f"【{there}】快件已发往{here}转运中心", there),
        Stop(18, "1001", f"【{here}】快件已到达{here}转运中心", here),
        Stop(8, "5", f"【{here}】快递员正在派件", here),
        Stop(4, end[0], end[1].format(here), here),
    ]


def state_of(code: str) -> str:
    """Give the state that a finer code belongs to."""
    if code in ("10", "11", "12", "13", "14") or len(code) == 1:
        return code
    return "0" if len(code) == 4 else code[0]


def row_of(stop: Stop, at: float) -> dict[str, Any]:
    """Write a scan as it stands in a result."""
    moment = f"{datetime.fromtimestamp(at, UTC) + BEIJING:%Y-%m-%d %H:%M:%S}"
    state = state_of(stop.code)
    return {
        "time": moment,
        "ftime": moment,
        "context": stop.text,
        "status": STATES.get(state, "在途"),
        "statusCode": stop.code,
        "location": stop.place,
        "areaName": stop.place,
        "areaCode": "CN330100000000",
    }


def result_of(number: str, carrier: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Write a result: the newest scan first."""
    state = state_of(rows[-1]["statusCode"]) if rows else "0"
    return {
        "message": "ok",
        "nu": number,
        "ischeck": "1" if state == "3" else "0",
        "com": carrier,
        "status": "200" if rows else "201",
        "state": state,
        "condition": "00",
        "data": rows[::-1],
    }
