"""Payouts as a workbook for finance. Every text is written as text, so that none of it is taken for a formula."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from xlsxwriter import Workbook

from aftersales.core import clock
from refunds.models import Payout

MOST = 10_000
"""Rows of one sheet; what is more is narrowed down first."""
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in characters, and what it shows: a text, an amount in yuan or a moment."""

    title: str | Promise
    width: int
    read: Callable[[Payout], Any]


COLUMNS = (
    Column(gettext_lazy("Payout number"), 20, lambda one: one.payout_no),
    Column(gettext_lazy("State"), 14, lambda one: one.get_status_display()),
    Column(pgettext_lazy("payout", "Late"), 6, lambda one: "✓" if one.is_late else ""),
    Column(gettext_lazy("Shop"), 18, lambda one: one.shop.name),
    Column(gettext_lazy("Order"), 22, lambda one: one.order.order_no),
    Column(gettext_lazy("Request"), 20, lambda one: one.refund.refund_no if one.refund else ""),
    Column(gettext_lazy("Purpose"), 14, lambda one: one.get_purpose_display()),
    Column(gettext_lazy("Amount"), 12, lambda one: one.amount_fen / 100),
    Column(gettext_lazy("Account"), 22, lambda one: one.payee.masked_account),
    Column(gettext_lazy("Real name"), 10, lambda one: one.payee.masked_name),
    Column(pgettext_lazy("payout", "Opened by"), 14, lambda one: str(one.opened_by)),
    Column(pgettext_lazy("payout", "Approved by"), 14, lambda one: str(one.approved_by or "")),
    Column(pgettext_lazy("payout", "Opened"), 17, lambda one: one.created_at),
    Column(pgettext_lazy("payout", "Approved"), 17, lambda one: one.approved_at),
    Column(pgettext_lazy("payout", "Paid"), 17, lambda one: one.paid_at),
    Column(gettext_lazy("Reference"), 34, lambda one: one.reference),
    Column(gettext_lazy("Failure"), 30, lambda one: one.failure),
    Column(gettext_lazy("Note"), 30, lambda one: one.note),
)


def workbook(payouts: Iterable[Payout]) -> io.BytesIO:
    """Write a workbook, a row for each payout; amounts are numbers in yuan, moments are in Shanghai's time."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "constant_memory": True})
    bold = book.add_format({"bold": True})
    yuan = book.add_format({"num_format": "#,##0.00"})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(_("Payouts"))
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, str(column.title), bold)
    for line, payout in enumerate(payouts, start=1):
        for index, column in enumerate(COLUMNS):
            value = column.read(payout)
            if isinstance(value, datetime):
                sheet.write_datetime(line, index, value.astimezone(clock.SHANGHAI).replace(tzinfo=None), when)
            elif isinstance(value, float):
                sheet.write_number(line, index, value, yuan)
            elif value:
                sheet.write_string(line, index, str(value))
    book.close()
    file.seek(0)
    return file
