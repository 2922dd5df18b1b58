"""Tables as files: CSV that a spreadsheet opens rightly and XLSX, neither of which can carry a formula.

Rows are lists of cells: texts, numbers, None, `yuan(fen)` for an amount, `at(moment)` for a moment and `share(part)`
for a percentage; all of them are plain data, so that rows can be kept as JSON until the file is written.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from . import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "fen": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.00%"},
    "at": {"num_format": "yyyy-mm-dd hh:mm"},
}
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, in full width too."""
Cell = Any


def yuan(fen: int | None) -> Cell:
    """Make a cell of an amount."""
    return None if fen is None else {"fen": fen}


def at(moment: datetime | None) -> Cell:
    """Make a cell of a moment, shown in Shanghai's time to the minute."""
    return None if moment is None else {"at": moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")}


def share(part: float | None) -> Cell:
    """Make a cell of a part of 1, shown in per cent."""
    return None if part is None else {"share": round(part, 6)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A further sheet of a workbook: what the first one needs to be understood."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def safe(text: str) -> str:
    """Return a text that no spreadsheet runs: one that looks like a formula begins with an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINNINGS) or text.startswith(_BEGINNINGS) else text


def csv_write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write UTF-8 with a byte-order mark, by which Excel knows it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow([safe(title) for title in header])
        sheet.writerows([_text(cell) for cell in row] for row in rows)


def xlsx_write(
    path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], more: Sequence[Sheet] = ()
) -> None:
    """Write a sheet, and further ones, in constant memory; every text is written as text."""
    book = Workbook(str(path), {"constant_memory": True})
    formats = {name: book.add_format(look) for name, look in _LOOKS.items()}
    _sheet_write(book, formats, title, header, rows)
    for one in more:
        _sheet_write(book, formats, one.title, one.header, one.rows)
    book.close()


def _sheet_write(
    book: Workbook, formats: Mapping[str, Any], title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, max(0, len(header) - 1), 18)
    for column, words in enumerate(header):
        sheet.write_string(0, column, words, formats["title"])
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, dict) and "fen" in cell:
                sheet.write_number(line, column, cell["fen"] / 100, formats["fen"])
            elif isinstance(cell, dict) and "share" in cell:
                sheet.write_number(line, column, cell["share"], formats["share"])
            elif isinstance(cell, dict):
                sheet.write_datetime(line, column, datetime.fromisoformat(cell["at"]), formats["at"])
            elif isinstance(cell, int | float):
                sheet.write_number(line, column, cell)
            elif cell:
                sheet.write_string(line, column, str(cell)[:32_767])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dict) and "share" in cell:
        return f"{100 * cell['share']:.2f}%"
    if isinstance(cell, dict):
        return str(cell["at"]) if "at" in cell else _amount(cell["fen"])
    return str(cell) if isinstance(cell, int | float) else safe(str(cell))


def _amount(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def counted(rows: Iterable[Sequence[Cell]], every: int, tell: Any) -> Iterator[Sequence[Cell]]:
    """Give the rows on, and call `tell` after every so many."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % every == 0:
            tell()
