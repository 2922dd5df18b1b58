"""Reading a bill of Alipay's: a CSV in GB18030, alone or in a ZIP, with comments around the table (field-facts §3).

A line that cannot be read is given as such, with its number; it is never left out.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.money import MoneyFormatError, parse_yuan

MOST_BYTES, MOST_LINES = 64 * 1024 * 1024, 500_000
SERIAL, NUMBER, TRADE, AT, IN, OUT, KIND = (
    "账务流水号",
    "业务流水号",
    "商户订单号",
    "发生时间",
    "收入金额(+元)",
    "支出金额(-元)",
    "业务类型",
)
NEEDED = (SERIAL, NUMBER, TRADE, AT, IN, OUT, KIND)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill; `wrong` says why it cannot be read."""

    position: int
    serial: str = ""
    number: str = ""
    trade: str = ""
    at: datetime | None = None
    in_fen: int = 0
    out_fen: int = 0
    kind: str = ""
    wrong: str = ""


def bill_lines(content: bytes) -> list[Line]:
    """Read every line of a bill. Raises: Invalid `bill_unreadable` for what is none."""
    text = _text(_csv(content))
    table = (row for row in csv.reader(io.StringIO(text)) if row and not row[0].lstrip().startswith("#"))
    head = [cell.strip() for cell in next(table, [])]
    if missing := [name for name in NEEDED if name not in head]:
        raise _unreadable(_("The columns %(names)s are missing.") % {"names": "、".join(missing)})
    lines = list(_lines(head, table))
    if len(lines) > MOST_LINES:
        raise _unreadable(_("The bill has too many lines."))
    return lines


def _lines(head: list[str], table: Iterator[list[str]]) -> Iterator[Line]:
    for position, cells in enumerate(table, 1):
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        try:
            yield _line(position, row)
        except (KeyError, ValueError, MoneyFormatError) as wrong:
            yield Line(position, row.get(SERIAL, ""), row.get(NUMBER, ""), wrong=str(wrong)[:100] or "?")


def _line(position: int, row: Mapping[str, str]) -> Line:
    if not row[NUMBER] and not row[SERIAL]:
        raise ValueError("no number")
    return Line(
        position,
        serial=row[SERIAL],
        number=row[NUMBER],
        trade=row[TRADE],
        at=datetime.strptime(row[AT], "%Y-%m-%d %H:%M:%S").replace(tzinfo=clock.SHANGHAI),
        in_fen=_fen(row[IN]),
        out_fen=_fen(row[OUT]),
        kind=row[KIND],
    )


def _fen(text: str) -> int:
    """Read a sum, whichever sign the column carries; an empty one is none."""
    return abs(parse_yuan(text, negative=True)) if text else 0


def _csv(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            # Beside the entries there is a summary; the entries are the larger file.
            largest = max(inside, key=lambda one: one.file_size, default=None)
            if largest is None or largest.file_size > MOST_BYTES:
                raise _unreadable(_("There is no bill in this ZIP, or too large a one."))
            return archive.read(largest)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as wrong:
        raise _unreadable(_("This ZIP cannot be opened.")) from wrong


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(_("This is no text that can be read."))


def _unreadable(why: object) -> errors.Invalid:
    return errors.Invalid(errors=[errors.FieldError("file", "bill_unreadable", str(why))])
