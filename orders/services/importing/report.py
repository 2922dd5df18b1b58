"""The result file: every row that was not imported, with file, line and reason, to be opened in a spreadsheet.

CSV in UTF-8 with a byte order mark. Cells come from buyers and from files of unknown origin, so none is left that a
spreadsheet would take for a formula, and long numbers are kept from losing digits.
"""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from django.utils.translation import gettext as _

from .records import Fault

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EXACT_DIGITS = 15


def safe(text: str) -> str:
    """Put a `'` before what a spreadsheet would compute or round."""
    if text.startswith(_FORMULA) or (len(text) > _EXACT_DIGITS and text.isdigit()):
        return f"'{text}"
    return text


class Report:
    """The result file while it is written. Rows go to the disk as they come."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([_("File"), _("Row"), _("Order number"), _("Column"), _("Code"), _("Reason")])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, fault: Fault) -> None:
        """Write one reason."""
        texts = (fault.file, str(fault.line), fault.order_no, fault.column, fault.code, fault.reason)
        self._writer.writerow([safe(text) for text in texts])
        self.rows += 1
