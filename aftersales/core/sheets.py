"""Tables as files: CSV that a spreadsheet opens rightly and XLSX, neither of which can carry a formula.

Rows are lists of cells: texts, whole numbers, None, `yuan(fen)` for an amount and `at(moment)` for a moment; all of
them are plain data, so that rows can be kept as JSON until the file is written.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from . import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, in full width too."""
Cell = Any


def yuan(fen: int | None) -> Cell:
    """Make a cell of an amount."""
    return None if fen is None else {"fen": fen}


def at(moment: datetime | None) -> Cell:
    """Make a cell of a moment, shown in Shanghai's time to the minute."""
    return None if moment is None else {"at": moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")}


def safe(text: str) -> str:
    """Return a text that no spreadsheet runs: one that looks like a formula begins with an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINNINGS) or text.startswith(_BEGINNINGS) else text


def csv_write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write UTF-8 with a byte-order mark, by which Excel knows it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow([safe(title) for title in header])
        sheet.writerows([_text(cell) for cell in row] for row in rows)


def xlsx_write(path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write one sheet in constant memory; every text is written as text."""
    book = Workbook(str(path), {"constant_memory": True})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, max(0, len(header) - 1), 18)
    for column, words in enumerate(header):
        sheet.write_string(0, column, words, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, dict) and "fen" in cell:
                sheet.write_number(line, column, cell["fen"] / 100, money)
            elif isinstance(cell, dict):
                sheet.write_datetime(line, column, datetime.fromisoformat(cell["at"]), when)
            elif isinstance(cell, int):
                sheet.write_number(line, column, cell)
            elif cell:
                sheet.write_string(line, column, str(cell)[:32_767])
    book.close()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return str(cell["at"]) if "at" in cell else _amount(cell["fen"])
    return str(cell) if isinstance(cell, int) else safe(str(cell))


def _amount(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def counted(rows: Iterable[Sequence[Cell]], every: int, tell: Any) -> Iterator[Sequence[Cell]]:
    """Give the rows on, and call `tell` after every so many."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % every == 0:
            tell()
