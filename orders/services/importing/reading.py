"""Files into rows: CSV in GB18030 or UTF-8, or XLSX, streamed, columns found by header name.

A row that cannot be read is given with its fault in words; only a file that cannot be read at all, or that lacks a
needed column, raises. What the cells mean is not known here.
"""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from aftersales.core.errors import FieldError, Invalid, TooLarge

from .columns import Sheet

FIRST_BLOCK = 256 * 1024
MAX_UNPACKED = 2 * 1024**3
EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GB18030"}
NOTHING = "null"
_GUARDS = "='\"\ufeff\u200b"


class Row(NamedTuple):
    """One record: the line on which it starts, its cells in the order of the sheet's fields, and what is wrong."""

    line: int
    cells: Sequence[str]
    fault: str = ""


def clean(text: str) -> str:
    """Strip what the export puts around a value: spaces, tabs, `="…"`, a leading `'`, and its word for nothing."""
    if not text or (text[0].isalnum() and text[-1].isalnum()):
        return "" if text == NOTHING else text
    text = text.strip()
    if text and text[0] in _GUARDS:
        if text.startswith('="') and text.endswith('"') and len(text) > 2:
            text = text[2:-1]
        text = text.strip("\ufeff\u200b \t").removeprefix("'").strip()
    return "" if text == NOTHING else text


class Table:
    """An open file of one of the two sheets: which fields it has, and its rows."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self.path, self.sheet = path, sheet
        self._headers: dict[str, str] = {}
        self._file = path.open("rb")
        try:
            self._records = self._open()
            self._positions = self._find_header()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *exc: object) -> None:
        self._records.close()
        self._file.close()

    @property
    def headers(self) -> dict[str, str]:
        """The header of each field that this file has a column for."""
        return dict(self._headers)

    @property
    def progress(self) -> int:
        """How many bytes of the file have been read."""
        return 0 if self._file.closed else self._file.tell()

    def rows(self) -> Iterator[Row]:
        """Give the records below the header; blank ones are left out."""
        positions = self._positions
        for line, cells, fault in self._records:
            if not fault and not any(cells):
                continue
            width = len(cells)
            picked = [clean(cells[p]) if p is not None and p < width else "" for p in positions]
            if not fault and width > self._width and any(clean(cell) for cell in cells[self._width :]):
                fault = _("The row has %(cells)d cells, the header %(columns)d.") % {
                    "cells": width,
                    "columns": self._width,
                }
            if fault or any(picked):
                yield Row(line, picked, fault)

    def _open(self) -> "Any":
        start = self._file.read(8)
        self._file.seek(0)
        if start.startswith(b"PK\x03\x04"):
            return _xlsx_records(self._file, self.path.name)
        if start.startswith((b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
            raise Invalid(
                _("%(file)s is neither CSV in GB18030 or UTF-8 nor .xlsx. Open it and save it as .xlsx or CSV UTF-8.")
                % {"file": self.path.name},
                code="unreadable_file",
            )
        return _csv_records(self._file)

    def _find_header(self) -> list[int | None]:
        headers: list[str] = []
        for _line, cells, fault in self._records:
            headers = [clean(cell) for cell in cells]
            if fault or any(headers):
                break
        self._width = len(headers)
        found: list[int | None] = []
        taken: set[str] = set()
        for column in self.sheet.columns:
            name = next((name for name in column.headers if name in headers and name not in taken), None)
            if name is not None and headers.count(name) > 1:
                raise Invalid(
                    _("%(file)s has the column “%(column)s” more than once.")
                    % {"file": self.path.name, "column": name},
                    code="column_twice",
                )
            found.append(None if name is None else headers.index(name))
            if name is not None:
                taken.add(name)
                self._headers[column.field] = name
        self._refuse_missing(headers, found)
        return found

    def _refuse_missing(self, headers: Iterable[str], found: Sequence[int | None]) -> None:
        missing = [c for c, p in zip(self.sheet.columns, found, strict=True) if p is None and c.required]
        if not missing:
            return
        names = _(", ").join(column.headers[0] for column in missing)
        detail = _("%(file)s cannot be imported as %(sheet)s: it lacks %(columns)s.") % {
            "file": self.path.name,
            "sheet": self.sheet.name,
            "columns": names,
        }
        if not any(headers):
            detail = _("%(file)s is empty.") % {"file": self.path.name}
        raise Invalid(
            detail,
            code="missing_columns",
            errors=[FieldError(column.headers[0], "missing", _("This column is missing.")) for column in missing],
        )


def encoding_of(block: bytes) -> str:
    """Choose the encoding in which the header, and then most lines of the first block, can be read."""
    lines = block.split(b"\n")
    if len(block) >= FIRST_BLOCK:
        lines.pop()

    def unreadable(encoding: str) -> tuple[bool, int]:
        bad = [number for number, line in enumerate(lines) if not _decodes(line, encoding)]
        return bad[:1] == [0], len(bad)

    return min(ENCODINGS, key=unreadable)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _csv_records(file: BinaryIO) -> Iterator[tuple[int, Sequence[str], str]]:
    """Read records; a line that is not of the file's encoding makes a faulty record, not a broken import."""
    encoding = encoding_of(file.read(FIRST_BLOCK))
    file.seek(0)
    bad: list[int] = []

    def lines() -> Iterator[str]:
        for number, raw in enumerate(file, 1):
            if number == 1:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                text = raw.decode(encoding, "replace")
                bad.append(number)
            if "\0" in text:
                text = text.replace("\0", "\ufffd")
                bad.append(number)
            yield text

    reader = csv.reader(lines())
    first = 1
    while True:
        fault = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
            fault = _("The row cannot be read: is a quotation mark not closed?")
        if bad:
            fault = _("Line %(line)d cannot be read as %(encoding)s.") % {
                "line": bad[0],
                "encoding": ENCODINGS[encoding],
            }
            bad.clear()
        yield first, cells, fault
        first = reader.line_num + 1


def _xlsx_records(file: BinaryIO, name: str) -> Iterator[tuple[int, Sequence[str], str]]:
    """Read the first worksheet row by row; its unpacked size is bounded before anything is unpacked."""
    from openpyxl import load_workbook  # slow to load, and most imports are CSV

    unreadable = Invalid(_("%(file)s cannot be read as an .xlsx file.") % {"file": name}, code="unreadable_file")
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise TooLarge(_("%(file)s is too large when unpacked.") % {"file": name})
        book = load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError) as exc:
        raise unreadable from exc
    with closing(book):
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        try:
            for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
                yield line, [_text(value) for value in row], ""
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError) as exc:
            raise unreadable from exc


def _text(value: Any) -> str:
    """Give a spreadsheet cell as the text that the CSV would have had."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d 00:00:00")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if abs(value) >= 10**EXACT_DIGITS:
            return f"{value:.{EXACT_DIGITS - 1}E}"  # a spreadsheet has lost the further digits
        return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return str(value)
