"""Parcels as rows, with the scans that brought them where they are and the log of it (LOG-6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aftersales.core.bulk import allocate
from logistics.models import Parcel, ParcelScan
from logistics.states import CODES, PARCEL

from .sheets import Sheet
from .walks import Walk, Who

TRACKING: Who = ("system", None, "system: tracking")
_TOLD = {
    "103": "快件已被揽收",
    "1002": "快件离开转运中心，发往下一站",
    "1001": "快件已到达派件城市",
    "301": "已签收，签收人：本人",
}


class Parcels:
    """The sheets of parcels and their scans."""

    def __init__(self, log: Sheet, now: datetime) -> None:
        self._log, self._now = log, now
        self._keys = _keys()
        self.rows = Sheet(
            Parcel,
            "id shop_id order_id refund_id direction status version carrier tracking_no line_nos shipped_at created_by"
            " updated_at last_scan_at last_code last_text",
        )
        self.scans = Sheet(ParcelScan, "parcel_id occurred_at code text created_at", source="kuaidi100")

    def add(
        self,
        shop_id: int,
        order_id: int,
        carrier: str,
        number: str,
        shipped_at: datetime,
        by: Who,
        *,
        signed_at: datetime | None,
        direction: str = "out",
        refund_id: int | None = None,
        line_nos: list[str] | None = None,
    ) -> None:
        """Add a parcel that was signed for at `signed_at`, or else is on its way and was scanned not long ago."""
        pk = next(self._keys)
        walk = Walk(PARCEL, self._log, pk, shop_id, denied_at=None, lost_at=None, recalled_at=None, superseded_at=None)
        walk.step(shipped_at, by, "register", "wait_pickup")
        until = signed_at or max(self._now - timedelta(hours=2 + pk % 40), shipped_at + timedelta(hours=3))
        ways = (("103", shipped_at + (until - shipped_at) / 8), ("1002", shipped_at + (until - shipped_at) / 2))
        last: tuple[datetime | None, str, str] = None, "", ""
        for code, at in (*ways, ("301" if signed_at else "1001", until)):
            if at > self._now:
                break
            status = CODES[code].status.value
            if status != walk.status:
                walk.step(at, TRACKING, f"scan_{status}", status, _TOLD[code])
            last = at, code, _TOLD[code]
            self.scans.add(pk, *last, at)
        self.rows.add(
            pk, shop_id, order_id, refund_id, direction, walk.status, walk.version, carrier, number, line_nos or [],
            shipped_at, by[2], walk.at, *last,
        )  # fmt: skip


def _keys() -> Iterator[int]:
    """Give keys of the parcels' sequence, a thousand at a time; what is left over is lost."""
    while True:
        yield from allocate(Parcel, 1000)
