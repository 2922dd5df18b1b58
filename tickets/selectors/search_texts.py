"""What people wrote and what goods are called, found by Chinese and Latin words: titles, notes, messages."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aftersales.core import finding
from aftersales.core.auth import Actor
from orders.models import OrderLine, OrderNote
from refunds.models import Message
from tickets.models import TicketNote
from tickets.states import WORKERS

MOST = 20
"""Hits of each group; who looks for more adds a word."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that is looked into; `number` and `shop` lead to what it stands on, `page` shows that."""

    label: str | Promise
    model: type[Model]
    column: str
    number: str
    shop: str
    page: str


SOURCES = (
    _Source(_("Goods"), OrderLine, "title", "order__order_no", "order__shop_id", "tickets:order_detail"),
    _Source(_("Messages"), Message, "text", "refund__refund_no", "refund__shop_id", "tickets:request_detail"),
    _Source(_("Order notes"), OrderNote, "text", "order__order_no", "order__shop_id", "tickets:order_detail"),
    _Source(_("Ticket notes"), TicketNote, "text", "ticket__ticket_no", "ticket__shop_id", "tickets:ticket"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One text that was found: the number and page of what it stands on, and a masked snippet of it."""

    number: str
    url: str
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one source, newest first."""

    label: str | Promise
    hits: list[Hit]


def texts(actor: Actor, text: str) -> list[Group]:
    """Find every text that has all the words, newest first, `MOST` of each source; groups without a hit are left out.

    One statement for each source, none when there is no word to look for. Nobody finds a text of a shop that he does
    not see, or that his role has no page for; phones and accounts in a snippet are masked (LAW-7).
    """
    asked = finding.asked(text) if actor.role in WORKERS else None
    if asked is None:
        return []
    groups = [Group(source.label, _hits(actor, source, asked)) for source in SOURCES]
    return [group for group in groups if group.hits]


def _hits(actor: Actor, source: _Source, asked: finding.Asked) -> list[Hit]:
    rows: Any = source.model._default_manager.alias(search_words=finding.words_of(source.column))
    rows = actor.visible(rows.filter(asked.within(source.column)), source.shop).order_by("-id")
    found = rows.values_list(source.column, source.number)[:MOST]
    return [Hit(number, reverse(source.page, args=[number]), asked.snippet(text)) for text, number in found]
