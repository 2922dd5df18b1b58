"""The two files brought together in bounded memory.

The detail file need not have the order of the list, an order must be known whole before anything of it is written,
and a number that comes twice spoils its first appearance too. So both files are laid down first, in a private
temporary SQLite file that exists without a name and is gone when it is closed; it is scratch paper beside the importing
process, never a store of the product. What the cells mean is not known here.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .reading import Row

_CACHE_KIB = 32 * 1024


class RawOrder(NamedTuple):
    """A row of the list with the rows of the details that name it, in the order of the files."""

    row: Row
    lines: list[Row]


class Staging:
    """Rows of both files by order number. Use as a context manager, from one thread at a time."""

    def __init__(self, order_fields: Sequence[str], line_fields: Sequence[str]) -> None:
        self._order_width, self._line_width = len(order_fields), len(line_fields)
        self._order_no = order_fields.index("order_no")
        self._line_order_no = line_fields.index("order_no")
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        for table, width in (("orders", self._order_width), ("lines", self._line_width)):
            cells = ", ".join(f"c{n} TEXT" for n in range(width))
            self._db.execute(
                f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, order_no TEXT, line INTEGER, fault TEXT, {cells})"
            )

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()

    def add_orders(self, rows: Iterable[Row]) -> int:
        """Lay down the list; return how many rows it has."""
        return self._add("orders", self._order_width, self._order_no, rows)

    def add_lines(self, rows: Iterable[Row]) -> int:
        """Lay down the details; return how many rows they have."""
        return self._add("lines", self._line_width, self._line_order_no, rows)

    def _add(self, table: str, width: int, key: int, rows: Iterable[Row]) -> int:
        places = ", ".join("?" * (width + 3))
        names = ", ".join(["order_no", "line", "fault", *(f"c{n}" for n in range(width))])
        before = self._db.total_changes
        self._db.execute("BEGIN")
        self._db.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            ((row.cells[key], row.line, row.fault, *row.cells) for row in rows),
        )
        self._db.execute(f"CREATE INDEX {table}_order ON {table} (order_no)")
        self._db.execute("COMMIT")
        return self._db.total_changes - before

    def twice(self) -> Iterator[tuple[Row, int]]:
        """Give the list's rows whose number comes more than once, each with the line where it comes first."""
        rows = self._db.execute(
            "SELECT f.first, o.* FROM (SELECT order_no, min(line) AS first FROM orders WHERE order_no <> ''"
            " GROUP BY order_no HAVING count(*) > 1) f JOIN orders o USING (order_no) ORDER BY o.id"
        )
        for first, _id, _order_no, line, fault, *cells in rows:
            yield Row(line, cells, fault), first

    def nameless(self) -> Iterator[Row]:
        """Give the list's rows without an order number."""
        yield from self._rows("SELECT * FROM orders WHERE order_no = '' ORDER BY id")

    def orphans(self) -> Iterator[Row]:
        """Give the details' rows whose order the list does not have, or that name none."""
        yield from self._rows(
            "SELECT * FROM lines WHERE order_no NOT IN (SELECT order_no FROM orders WHERE order_no <> '') ORDER BY id"
        )

    def _rows(self, query: str) -> Iterator[Row]:
        for _id, _order_no, line, fault, *cells in self._db.execute(query):
            yield Row(line, cells, fault)

    def batches(self, size: int) -> Iterator[list[RawOrder]]:
        """Give the orders that come once, with their lines, `size` rows of the list at a time."""
        last = self._db.execute("SELECT coalesce(max(id), 0) FROM orders").fetchone()[0]
        for start in range(1, last + 1, size):
            orders: dict[str, RawOrder] = {}
            span = (start, start + size)
            for _id, order_no, line, fault, *cells in self._db.execute(
                "SELECT * FROM orders o WHERE id >= ? AND id < ? AND order_no <> ''"
                " AND (SELECT count(*) FROM orders t WHERE t.order_no = o.order_no) = 1 ORDER BY id",
                span,
            ):
                orders[order_no] = RawOrder(Row(line, cells, fault), [])
            for _id, order_no, line, fault, *cells in self._db.execute(
                "SELECT l.* FROM orders o CROSS JOIN lines l ON l.order_no = o.order_no"
                " WHERE o.id >= ? AND o.id < ? AND o.order_no <> '' ORDER BY l.id",
                span,
            ):
                if order_no in orders:
                    orders[order_no].lines.append(Row(line, cells, fault))
            yield list(orders.values())
