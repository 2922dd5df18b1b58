"""What the command palette shows of a search: a few lines, each with a page behind it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import masking
from aftersales.core.auth import Actor
from tickets.selectors.search import search

MOST = 8


def found_in_short(actor: Actor, asked: str) -> list[dict[str, str]]:
    """Return label, hint and address of what a search finds, the surest first, at most `MOST`."""
    found = search(actor, asked)
    lines = list(islice(_lines(found.requests, found.orders), MOST))
    return lines if lines or found.sure is None else [_line(asked, _("Open"), found.sure)]


def _lines(requests: list[Any], orders: list[Any]) -> Iterator[dict[str, str]]:
    for refund in requests:
        hint = f"{refund.get_kind_display()} · {refund.get_status_display()} · {_buyer(refund.order)}"
        yield _line(refund.refund_no, hint, reverse("tickets:request_detail", args=[refund.refund_no]))
    for order in orders:
        address = f"{reverse('tickets:order_detail', args=[order.order_no])}?shop={order.shop.code}"
        yield _line(order.order_no, f"{order.get_status_display()} · {order.shop.name} · {_buyer(order)}", address)


def _line(label: str, hint: str, url: str) -> dict[str, str]:
    return {"label": label, "hint": hint, "url": url}


def _buyer(order: Any) -> str:
    return masking.mask_name(order.buyer.nick)
