"""What writes serial numbers and service points (WAR-2, WAR-3)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import imei, meid
from stdnum.exceptions import ValidationError

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.regions import province_of
from orders import services as orders
from orders.models import OrderLine
from warranty.models import SerialNumber, ServicePoint
from warranty.selectors.service_points import plain_city
from warranty.states import SerialKind, Why

RECORDERS = frozenset({AGENT, SUPERVISOR, WAREHOUSE})
_WRONG = {
    SerialKind.IMEI: gettext_lazy("This is no IMEI: 15 digits, the last of which checks the others."),
    SerialKind.MEID: gettext_lazy("This is no MEID: 14 digits or letters A to F, with or without a check digit."),
    SerialKind.OTHER: gettext_lazy("A serial number has 1 to 40 characters."),
}
COLUMNS = ("province", "city", "name", "address", "phone", "hours")
_HEADINGS = {
    "省份": "province",
    "城市": "city",
    "名称": "name",
    "地址": "address",
    "电话": "phone",
    "营业时间": "hours",
}
_LENGTHS = {field.name: field.max_length or 0 for field in ServicePoint._meta.fields if field.name in COLUMNS}
MOST_POINTS = 20_000


def checked_serial(kind: str, typed: str, field: str = "serial") -> str:
    """Give a serial number as it is kept: no blanks, capital letters, the check digit verified. Raises: Invalid."""
    serial = "".join(typed.split()).upper()
    right = 0 < len(serial) <= 40 and serial.isprintable()
    try:
        if kind == SerialKind.IMEI:
            serial = imei.validate(serial)
            right = right and len(serial) == 15
        elif kind == SerialKind.MEID:
            serial = meid.validate(serial, strip_check_digit=False)
            right = right and len(serial) in (14, 15)
    except ValidationError:
        right = False
    if not right:
        raise errors.Invalid(errors=[errors.FieldError(field, "invalid", _WRONG[SerialKind(kind)])])
    return serial


def serial_record(
    *, line: OrderLine, actor: Actor, kind: str, serial: str, why: str, old: str = "", unit: int = 1
) -> SerialNumber:
    """Record the serial number of a unit: the one that was sold, or the new one with the one it stands for (WAR-2).

    Where nothing is recorded yet, the order's own number counts as the one that was sold, else the old one given here.
    Locks: the order. Raises: NotFound, Forbidden, Invalid (a number that is none, the old one missing or another).
    """
    if not actor.sees(line.order.shop_id):
        raise errors.NotFound()
    if actor.role not in RECORDERS:
        raise errors.Forbidden()
    if not 1 <= unit <= line.quantity:
        _refuse("unit", _("The line has %(n)d units.") % {"n": line.quantity})
    new = checked_serial(kind, serial)
    given = checked_serial(SerialKind.OTHER, old, "old") if old.strip() else ""
    with transaction.atomic(savepoint=False):
        orders.order_lock([line.order_id], False)
        at = clock.now()
        rows = SerialNumber.objects.filter(order_line=line.pk, unit=unit, superseded_at=None)
        current = rows.select_for_update().first()
        known = current.serial if current else line.serial_no if unit == 1 else ""
        if why == Why.SOLD:
            if current:
                _refuse("why", _("The number that was sold is recorded already: %(serial)s.") % {"serial": known})
            return _kept(line, unit, kind, new, why, actor, at)
        if not (given or known):
            _refuse("old", _("Say the old number, too."))
        if given and known and given != known.upper():
            _refuse("old", _("The old number is another one here: %(serial)s.") % {"serial": known})
        if new == (given or known.upper()):
            _refuse("serial", _("The new number is the same as the old one."))
        if current is None:
            current = _kept(line, unit, SerialKind.OTHER, given or known.upper(), Why.SOLD, actor, at)
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])
        return _kept(line, unit, kind, new, why, actor, at)


def _kept(line: OrderLine, unit: int, kind: str, serial: str, why: str, actor: Actor, at: datetime) -> SerialNumber:
    return SerialNumber.objects.create(
        order_line=line,
        unit=unit,
        kind=kind,
        serial=serial,
        why=why,
        recorded_by=actor.name,
        recorded_at=at,
    )


def _refuse(field: str, detail: str) -> None:
    raise errors.Invalid(errors=[errors.FieldError(field, "invalid", detail)])


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of service points did."""

    new: int
    changed: int
    unchanged: int


def service_points_import(*, text: str) -> Imported:
    """Take service points from CSV with headings; one that is there by its city and name gets the new address.

    All or nothing, and a second run changes nothing. Raises: Invalid, with the line of every fault.
    """
    faults: list[errors.FieldError] = []
    wanted: dict[tuple[str, str, str], dict[str, str]] = {}
    for number, row, wrong in _read(text):
        key = (row["province"], row["city"], row["name"])
        if not wrong and key in wanted:
            wrong = [_("%(name)s in %(city)s stands in the file twice.") % row]
        faults += [errors.FieldError(f"line {number}", "invalid", said) for said in wrong]
        wanted[key] = row
    if faults:
        raise errors.Invalid(errors=faults)
    with transaction.atomic():
        provinces = {province for province, _city, _name in wanted}
        rows = ServicePoint.objects.select_for_update().filter(province__in=provinces)
        there = {(row.province, row.city, row.name): row for row in rows}
        new = [ServicePoint(**row) for key, row in wanted.items() if key not in there]
        changed = []
        for key, row in wanted.items():
            point = there.get(key)
            if point and any(getattr(point, name) != row[name] for name in COLUMNS):
                point.address, point.phone, point.hours = row["address"], row["phone"], row["hours"]
                changed.append(point)
        ServicePoint.objects.bulk_create(new)
        ServicePoint.objects.bulk_update(changed, ["address", "phone", "hours"])
    return Imported(len(new), len(changed), len(wanted) - len(new) - len(changed))


def _read(text: str) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    """Give each row with its line in the file and what is wrong with it. Raises: Invalid for wrong headings."""
    reader = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        headings = [_HEADINGS.get(cell.strip(), cell.strip().lower()) for cell in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in headings and name != "hours"]:
            said = _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)}
            raise errors.Invalid(errors=[errors.FieldError("line 1", "missing", said)])
        for count, cells in enumerate(reader):
            if count >= MOST_POINTS:
                said = _("At most %(most)d rows are taken.") % {"most": MOST_POINTS}
                raise errors.Invalid(errors=[errors.FieldError(f"line {reader.line_num}", "too_many", said)])
            if any(cell.strip() for cell in cells):
                row = dict.fromkeys(COLUMNS, "") | {
                    name: cell.strip() for name, cell in zip(headings, cells, strict=False) if name in COLUMNS
                }
                row["province"], row["city"] = province_of(row["province"]) or row["province"], plain_city(row["city"])
                yield reader.line_num, row, list(_wrong(row, len(cells) - len(headings)))
    except csv.Error as exc:
        said = _("The line cannot be read as CSV: %(why)s.") % {"why": exc}
        raise errors.Invalid(errors=[errors.FieldError(f"line {reader.line_num}", "csv", said)]) from exc


def _wrong(row: dict[str, str], surplus: int) -> Iterator[str]:
    if surplus > 0:
        yield _("There are more cells than headings; put texts with commas in quotes.")
    for name in COLUMNS:
        most = _LENGTHS[name]
        if not row[name] and name != "hours":
            yield _("“%(name)s” is empty.") % {"name": name}
        if len(row[name]) > most or "\0" in row[name]:
            yield _("“%(name)s” has more than %(most)d characters.") % {"name": name, "most": most}
    if row["province"] and not province_of(row["province"]):
        yield _("“%(province)s” is no province.") % row
