"""A void list as a workbook. Every text is written as text, so that none of it is taken for a formula."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from xlsxwriter import Workbook

from aftersales.core import clock, masking
from logistics.models import VoidListLine
from refunds.models import RefundLine

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in characters, and what it shows of a line and one of its goods."""

    title: str | Promise
    width: int
    read: Callable[[VoidListLine, RefundLine], Any]


COLUMNS = (
    Column(gettext_lazy("Order"), 22, lambda line, goods: line.refund.order.order_no),
    Column(gettext_lazy("Request"), 20, lambda line, goods: line.refund.refund_no),
    Column(gettext_lazy("Buyer"), 12, lambda line, goods: masking.mask_name(line.refund.order.buyer.nick)),
    Column(gettext_lazy("Goods"), 28, lambda line, goods: goods.order_line.title),
    Column(pgettext_lazy("goods", "Style"), 18, lambda line, goods: goods.order_line.sku),
    Column(gettext_lazy("Goods number"), 16, lambda line, goods: goods.order_line.goods_no),
    Column(gettext_lazy("Quantity"), 8, lambda line, goods: goods.quantity),
    Column(gettext_lazy("Amount"), 12, lambda line, goods: goods.amount_fen / 100),
    Column(gettext_lazy("Refunded by itself"), 17, lambda line, goods: None if line.answer else line.refund.due_at),
    Column(pgettext_lazy("void list", "Answer"), 24, lambda line, goods: line.label),
    Column(pgettext_lazy("void list", "Answered by"), 14, lambda line, goods: line.answered_by),
    Column(pgettext_lazy("void list", "Answered"), 17, lambda line, goods: line.answered_at),
    Column(pgettext_lazy("void list", "Late answer"), 14, lambda line, goods: line.get_late_answer_display()),
    Column(gettext_lazy("Note"), 30, lambda line, goods: line.note),
)


def workbook(lines: Iterable[VoidListLine]) -> io.BytesIO:
    """Write a workbook, a row for each of a line's goods; amounts in yuan, moments in Shanghai's time."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "constant_memory": True})
    bold = book.add_format({"bold": True})
    yuan = book.add_format({"num_format": "#,##0.00"})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(_("Void list"))
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, str(column.title), bold)
    rows = ((line, goods) for line in lines for goods in line.refund.lines.all())
    for place, (line, goods) in enumerate(rows, start=1):
        for index, column in enumerate(COLUMNS):
            value = column.read(line, goods)
            if isinstance(value, datetime):
                sheet.write_datetime(place, index, value.astimezone(clock.SHANGHAI).replace(tzinfo=None), when)
            elif isinstance(value, float):
                sheet.write_number(place, index, value, yuan)
            elif isinstance(value, int):
                sheet.write_number(place, index, value)
            elif value:
                sheet.write_string(place, index, str(value))
    book.close()
    file.seek(0)
    return file
