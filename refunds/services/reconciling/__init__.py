"""Holding the provider's bill against the books, day by day (PAY-9).

`reading` turns a file into lines, `comparing` finds what does not fit, without the database; `days` fetches and keeps
bills, compares them, and writes the differences down.
"""

from .days import MOST_BYTES, bill_compare, bill_fetch, bill_keep, bills_compare, days_to_fetch, difference_resolve

__all__ = [
    "MOST_BYTES",
    "bill_compare",
    "bill_fetch",
    "bill_keep",
    "bills_compare",
    "days_to_fetch",
    "difference_resolve",
]
