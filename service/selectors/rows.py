"""Sheets in lists: the tabs, what a number or a phone leads to, an engineer's visits (SVC-1, SVC-3, SVC-4)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from aftersales.core import clock, errors, keyset
from aftersales.core.auth import Actor
from aftersales.core.machine import WAREHOUSE
from service.models import ServiceFile, ServiceSheet
from service.selectors.warranty import repairs_of, until
from service.states import FIELD, READERS, STANDING, UNDECIDED, WAITING, Charge, SheetStatus
from warranty.models import SerialNumber

S = SheetStatus
DECIDE, LATE, INCOMPLETE = "decide", "late", "incomplete"
_PHONE, _TAIL = re.compile(r"1\d{10}"), re.compile(r"\d{4}")
MOST_VISITS = 60


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list: its name, which states, in which order, and whether it is counted."""

    label: str | Promise
    statuses: tuple[str, ...]
    ordering: tuple[str, ...] = ("respond_due_at", "id")
    counted: bool = True


TABS: dict[str, Tab] = {
    "reported": Tab(pgettext_lazy("service", "Reported"), (S.REPORTED,)),
    DECIDE: Tab(pgettext_lazy("service", "Free or paid?"), UNDECIDED),
    LATE: Tab(pgettext_lazy("service", "Late"), WAITING),
    "out": Tab(pgettext_lazy("service", "Engineer out"), (S.ASSIGNED, S.ON_THE_WAY)),
    "charged": Tab(pgettext_lazy("service", "Quoted, to be paid"), (S.QUOTED, S.ACCEPTED, S.REPAIRED, S.PAID)),
    "testing": Tab(pgettext_lazy("service", "Sent in"), (S.AWAITED, S.TESTING, S.FOUND)),
    "paper": Tab(pgettext_lazy("service", "Sheet outstanding"), (S.DONE,), ("id",)),
    INCOMPLETE: Tab(pgettext_lazy("service", "Incomplete"), STANDING, ("id",)),
    "archived": Tab(pgettext_lazy("service", "Archived"), (S.ARCHIVED, S.CANCELLED), ("-id",), counted=False),
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """A service file in a list, with its serial number now and until when its warranty runs."""

    file: ServiceFile
    serial: str
    until: date | None

    @property
    def runs(self) -> bool:
        """Whether the warranty runs today."""
        return self.until is not None and clock.shanghai_day(clock.now()) <= self.until


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with service."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def sheet_get_for(actor: Actor, sheet_no: str) -> ServiceSheet:
    """Return a sheet, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(ServiceSheet.objects.filter(sheet_no=sheet_no))
    sheet: ServiceSheet | None = rows.select_related(
        "order__buyer", "shop", "file__order_line__order", "engineer", "free_asked_by", "free_approved_by"
    ).first()
    if sheet is None:
        raise errors.NotFound()
    return sheet


def file_get_for(actor: Actor, file_no: str) -> ServiceFile:
    """Return a file with its line, order and shop; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(ServiceFile.objects.filter(file_no=file_no))
    file: ServiceFile | None = rows.select_related("order_line__order__buyer", "shop").first()
    if file is None:
        raise errors.NotFound()
    return file


def sheet_rows(actor: Actor, tab: str) -> QuerySet[ServiceSheet]:
    """Give the sheets of a tab, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[ServiceSheet] = actor.visible(_shown())
    if tab == LATE:
        rows = rows.filter(is_late=True)
    if tab == INCOMPLETE:
        rows = rows.filter(is_incomplete=True)
    if tab == DECIDE:
        rows = rows.filter(charge__in=(Charge.OPEN, Charge.ASKED), way="visit")
    return rows.filter(status__in=TABS[tab].statuses)


def sheet_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(sheet_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def sheets_waiting(actor: Actor) -> QuerySet[ServiceSheet]:
    """Give what waits for somebody: of the warehouse its own visits, of the desk what is reported."""
    require_reader(actor)
    rows: QuerySet[ServiceSheet] = actor.visible(ServiceSheet.objects.all())
    if actor.role == WAREHOUSE:
        return rows.filter(engineer=actor.user_id, status__in=(S.ASSIGNED, S.ON_THE_WAY))
    return rows.filter(status=S.REPORTED)


def sheets_found(actor: Actor, asked: str) -> QuerySet[ServiceSheet]:
    """Give the sheets that a number of a sheet, order, contract, serial, or a phone leads to: one statement."""
    require_reader(actor)
    rows = actor.visible(ServiceSheet.objects.all())
    keys = rows.filter(sheet_no=asked).values("pk").union(rows.filter(file__in=_file_keys(actor, asked)).values("pk"))
    found: QuerySet[ServiceSheet] = _shown().filter(pk__in=keys)
    return found


def files_found(actor: Actor, asked: str) -> QuerySet[ServiceFile]:
    """Give the files that a number or a phone leads to; all of them where nothing is asked. Raises: Forbidden."""
    if actor.role not in FIELD:
        raise errors.Forbidden()
    rows: QuerySet[ServiceFile] = actor.visible(ServiceFile.objects.select_related("order_line__order__buyer", "shop"))
    return rows.filter(pk__in=_file_keys(actor, asked)) if asked else rows


def file_rows(files: list[ServiceFile]) -> list[FileRow]:
    """Give files with their serial numbers and the ends of their warranties; two statements."""
    repairs = repairs_of([file.pk for file in files])
    lines = [file.order_line_id for file in files]
    numbers = SerialNumber.objects.filter(order_line__in=lines, superseded_at=None)
    now = {(row.order_line_id, row.unit): row.serial for row in numbers}
    return [
        FileRow(
            file,
            now.get((file.order_line_id, file.unit)) or (file.order_line.serial_no if file.unit == 1 else ""),
            until(file, repairs[file.pk]),
        )
        for file in files
    ]


def sheets_of(order_id: int) -> list[ServiceSheet]:
    """Give the sheets of an order, the newest first; one query."""
    return list(ServiceSheet.objects.filter(order=order_id).select_related("file__order_line").order_by("-id")[:20])


def visits_of(actor: Actor) -> list[ServiceSheet]:
    """Give an engineer's visits: his sheets that stand, by the time that was agreed; one query. Raises: Forbidden."""
    if actor.role not in FIELD:
        raise errors.Forbidden()
    states = (S.ASSIGNED, S.ON_THE_WAY, S.QUOTED, S.ACCEPTED, S.REPAIRED, S.PAID)
    rows = actor.visible(_shown()).filter(engineer=actor.user_id, status__in=states)
    return list(rows.order_by(F("visit_at").asc(nulls_last=True), "id")[:MOST_VISITS])


def _shown() -> QuerySet[ServiceSheet]:
    rows: QuerySet[ServiceSheet] = ServiceSheet.objects.select_related(
        "order__buyer", "shop", "engineer", "file__order_line"
    )
    return rows


def _file_keys(actor: Actor, asked: str) -> QuerySet[Any, Any]:
    """Give the keys of the files that are meant; a phone is asked for whole or by its last four digits."""
    rows = actor.visible(ServiceFile.objects.all())
    numbers = SerialNumber.objects.filter(serial=asked.upper())
    ways = [
        rows.filter(contract_no=asked),
        rows.filter(order_line__order__order_no=asked),
        rows.filter(order_line__in=numbers.values("order_line")),
        rows.filter(order_line__serial_no=asked),
    ]
    if _PHONE.fullmatch(asked):
        tail = Q(order_line__order__receiver_phone_tail=asked[-4:], order_line__order__receiver_phone=asked)
        ways.append(rows.filter(tail))
    elif _TAIL.fullmatch(asked):
        ways.append(rows.filter(order_line__order__receiver_phone_tail=asked))
    keys: QuerySet[Any, Any] = rows.filter(file_no=asked).values("pk").union(*(way.values("pk") for way in ways))
    return keys
