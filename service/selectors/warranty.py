"""Until when a file's warranty runs; days in repair are not counted (SVC-1, WAR-1), and who bears freight (WAR-2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from aftersales.core import clock, money
from service.models import ServiceFile, ServiceSheet
from service.states import Finding
from warranty.states import CategoryRules, RepairPeriod, What, spans


@dataclass(frozen=True, slots=True)
class Freight:
    """Who bears the freight of a test, in fen: each side's share, and what one then owes the other."""

    buyer_fen: int
    shop_fen: int
    payout_fen: int
    owed_fen: int


def repairs_of(file_ids: Iterable[int]) -> dict[int, list[RepairPeriod]]:
    """Give the days that units spent with us for a fault that was confirmed, by the file's key; one statement."""
    keys = list(file_ids)
    found: dict[int, list[RepairPeriod]] = {key: [] for key in keys}
    rows = ServiceSheet.objects.filter(file__in=keys, finding=Finding.CONFIRMED, received_at__isnull=False)
    for key, came, back in rows.values_list("file_id", "received_at", "sent_back_at"):
        found[key].append(RepairPeriod(clock.shanghai_day(came), clock.shanghai_day(back) if back else None))
    return found


def repairs_of_lines(line_ids: Iterable[int]) -> dict[int, tuple[RepairPeriod, ...]]:
    """Give the same by the line's key, of lines with a single unit: of others it is open which was meant."""
    rows = ServiceSheet.objects.filter(
        file__order_line__in=list(line_ids),
        file__order_line__quantity=1,
        finding=Finding.CONFIRMED,
        received_at__isnull=False,
    )
    found: dict[int, tuple[RepairPeriod, ...]] = {}
    for key, came, back in rows.order_by("id").values_list("file__order_line_id", "received_at", "sent_back_at"):
        days = RepairPeriod(clock.shanghai_day(came), clock.shanghai_day(back) if back else None)
        found[key] = (*found.get(key, ()), days)
    return found


def until(file: ServiceFile, repairs: Iterable[RepairPeriod] = ()) -> date | None:
    """Give the last day of the warranty; None where it has not begun or there is none."""
    start, today = file.starts_on, clock.shanghai_day(clock.now())
    if start is None or not file.months:
        return None
    rules = CategoryRules("", 0, 0, False, file.months)
    found = spans(category_rules=rules, delivered_on=min(start, today), repair_periods=repairs, today=today)
    return next((span.until for span in found if span.what == What.REPAIR), None)


def in_warranty(file: ServiceFile) -> bool:
    """Say whether the file's warranty runs today; one statement."""
    last = until(file, repairs_of([file.pk])[file.pk])
    return last is not None and clock.shanghai_day(clock.now()) <= last


def freight_of(sheet: ServiceSheet) -> Freight | None:
    """Say who bears the freight of goods that were sent in: the buyer paid the way here, the shop the way back.

    A fault that is confirmed shares both ways half and half, an odd fen to the shop; else all is the buyer's (WAR-2).
    """
    if sheet.freight_in_fen is None or sheet.freight_out_fen is None:
        return None
    total = sheet.freight_in_fen + sheet.freight_out_fen
    shop, buyer = money.split(total, [1, 1]) if sheet.finding == Finding.CONFIRMED else (0, total)
    left = sheet.freight_in_fen - buyer
    return Freight(buyer, shop, max(left, 0), max(-left, 0))
