"""Pushes of a tracking service: how many are taken and read in a second, and that each counts once."""

import hashlib
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from bench.context import Bench, change, rows
from bench.databases import copy_of
from bench.harness import Finding
from logistics import gateways, services

PATH, FORM = "/hooks/kuaidi100/", "application/x-www-form-urlencoded"
SALT, CODES = "bench", ("103", "1002", "1001", "5", "301")
REPEATED = 0.1
BEGAN = datetime(2026, 11, 20, 8)

_NUMBERED = """
UPDATE logistics_parcel p SET tracking_no = CASE WHEN n.row <= %s THEN 'YT' || lpad(n.id::text, 13, '0') ELSE '' END
FROM (SELECT id, row_number() OVER (ORDER BY id) AS row FROM logistics_parcel
  WHERE status = 'wait_pickup' AND last_scan_at IS NULL) n WHERE p.id = n.id"""
_SUBSCRIBED = """
INSERT INTO logistics_trackingsubscription (tracking_no, carrier, carrier_found, parcel_id, state, created_at, message)
SELECT tracking_no, 'yuantong', '', id, 'followed', now(), '' FROM logistics_parcel
WHERE tracking_no ~ '^YT[0-9]{13}$' AND status = 'wait_pickup' ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a run."""

    pushes: int
    sent: int
    taking: float
    reading: float
    wrong: tuple[str, ...]


def install(folder: Path) -> None:
    """Let the installation know the salt that the pushes here are signed with."""
    (folder / "secret").write_text(SALT)
    secret = str(folder / "secret")
    settings.AFTERSALES["tracking_provider"] = "kuaidi100"
    settings.KUAIDI100 |= {"customer": "bench", "key_file": secret, "salt_file": secret}
    gateways._kuaidi100.cache_clear()


def forms(numbers: Sequence[str], each: int, chance: random.Random) -> list[str]:
    """Make the bodies: `each` about every number, all telling what happened so far; shuffled, some repeated."""
    made = []
    for number in numbers:
        scans = [
            {
                "ftime": f"{BEGAN + timedelta(hours=7 * step):%Y-%m-%d %H:%M:%S}",
                "statusCode": code,
                "context": f"第{step}站",
            }
            for step, code in enumerate(_route(each))
        ]
        for upto in range(1, each + 1):
            result = {"nu": number, "com": "yuantong", "state": "0", "data": scans[:upto][::-1]}
            param = json.dumps({"status": "polling", "message": "", "lastResult": result}, ensure_ascii=False)
            sign = hashlib.md5((param + SALT).encode(), usedforsecurity=False).hexdigest().upper()
            made.append(urlencode({"param": param, "sign": sign}))
    made += chance.sample(made, int(len(made) * REPEATED))
    chance.shuffle(made)
    return made


def push(numbers: Sequence[str], each: int) -> Pushed:
    """Push and read, and hold what is there against what was sent; the numbers are followed, nothing is scanned yet."""
    sent, client = forms(numbers, each, random.Random(11)), Client()
    began = time.perf_counter()
    refused = sum(client.post(PATH, body, content_type=FORM).status_code != 200 for body in sent)
    taken = time.perf_counter()
    while services.pushes_drain(limit=500):
        continue
    read = time.perf_counter()
    pushes = len(numbers) * each
    wrong = tuple(
        f"{what}: {found}, not {wanted}"
        for what, found, wanted in (
            ("refused", refused, 0),
            ("pushes kept", _count("logistics_trackingpush"), pushes),
            (
                "of them repeated",
                int(rows("SELECT sum(repeats) FROM logistics_trackingpush")[0][0]),
                len(sent) - pushes,
            ),
            ("pushes unread", _count("logistics_trackingpush WHERE due_at IS NOT NULL"), 0),
            ("scans", _count("logistics_parcelscan WHERE source = 'kuaidi100'"), pushes),
            (
                "signed for",
                _count("logistics_parcel WHERE status = 'signed' AND tracking_no LIKE 'YT%%'"),
                len(numbers),
            ),
        )
        if found != wanted
    )
    return Pushed(pushes, len(sent), len(sent) / (taken - began), pushes / (read - taken), wrong)


def measure(bench: Bench) -> Iterator[Finding]:
    """Take and read 5,000 pushes, or 100,000 in the long form, in one process each."""
    total, each = (100_000 if bench.long else 5_000), 10
    with copy_of(bench.database), tempfile.TemporaryDirectory() as folder:
        install(Path(folder))
        numbers = _followed(total // each)
        # Where there are fewer parcels under way, each is told about more often.
        done = push(numbers, each=max(each, -(-total // len(numbers))))
    notes = "; ".join(done.wrong) or f"{done.sent:,} sent in no order, {done.sent - done.pushes:,} of them repetitions"
    figure = f"{done.taking:.0f} taken, {done.reading:.0f} read a second"
    yield Finding(f"{done.pushes:,} pushes of a tracking service", figure, "none lost or twice", not done.wrong, notes)


def _route(each: int) -> list[str]:
    return [CODES[min(step, 3)] for step in range(each - 1)] + [CODES[-1]]


def _followed(count: int) -> list[str]:
    """Let so many parcels without a scan have numbers that are followed; give these."""
    change(_NUMBERED, count)
    change(_SUBSCRIBED)
    change("ANALYZE logistics_trackingsubscription")
    return [str(row[0]) for row in rows("SELECT tracking_no FROM logistics_trackingsubscription ORDER BY id")]


def _count(what: str) -> int:
    return int(rows(f"SELECT count(*) FROM {what}")[0][0])
