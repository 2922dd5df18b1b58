"""What people wrote and what goods are called, found by Chinese and Latin words: titles, notes, messages."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aftersales.core import finding
from aftersales.core.api.pagination import CursorInvalid, cursor_open, cursor_seal
from aftersales.core.auth import Actor
from orders.models import OrderLine, OrderNote
from refunds.models import Message
from tickets.models import Ticket, TicketNote
from tickets.states import WORKERS

MOST = 20
"""Hits of each group at a time; further ones are a page away."""
RANKED = 10_000
"""Among so many of the newest texts of a source the phrase comes first, so that its search has an end."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that is looked into; `number` and `shop` lead to what it stands on, `page` shows that."""

    key: str
    label: str | Promise
    model: type[Model]
    column: str
    number: str
    shop: str
    page: str

    @property
    def ordering(self) -> tuple[str, ...]:
        """What a cursor of this source is bound to."""
        return (self.key, "-phrase", "-id")


SOURCES = (
    _Source("goods", _("Goods"), OrderLine, "title", "order__order_no", "order__shop_id", "tickets:order_detail"),
    _Source(
        "messages", _("Messages"), Message, "text", "refund__refund_no", "refund__shop_id", "tickets:request_detail"
    ),
    _Source("tickets", _("Tickets"), Ticket, "title", "ticket_no", "shop_id", "tickets:ticket"),
    _Source(
        "order-notes", _("Order notes"), OrderNote, "text", "order__order_no", "order__shop_id", "tickets:order_detail"
    ),
    _Source(
        "ticket-notes", _("Ticket notes"), TicketNote, "text", "ticket__ticket_no", "ticket__shop_id", "tickets:ticket"
    ),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One text that was found: the number and page of what it stands on, and a masked snippet of it."""

    number: str
    url: str
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one source: among the newest texts the phrase as it was typed before words apart, else newest first.

    `more` is the query string of the next ones, "" where there are none.
    """

    label: str | Promise
    hits: list[Hit]
    more: str


def texts(actor: Actor, text: str) -> list[Group]:
    """Find every text that has all the words, `MOST` of each source; groups without a hit are left out.

    One statement for each source, up to three where several words were typed; none when there is no word to look for.
    Nobody finds a text of a shop that he does not see, or that his role has no page for; phones and accounts in a
    snippet are masked (LAW-7).
    """
    asked = _asked(actor, text)
    if asked is None:
        return []
    groups = [_group(actor, source, asked, text, None) for source in SOURCES]
    return [group for group in groups if group.hits]


def further(actor: Actor, text: str, key: str, after: str) -> list[Group]:
    """Find the hits of one source that come after a cursor; from the first on when it is not ours.

    Empty when there is no such source, no word, or nothing more.
    """
    asked = _asked(actor, text)
    source = next((source for source in SOURCES if source.key == key), None)
    if asked is None or source is None:
        return []
    try:
        phrase, pk, floor = cursor_open(after, source.ordering)
    except CursorInvalid:
        group = _group(actor, source, asked, text, None)
    else:
        group = _group(actor, source, asked, text, _Place(phrase, pk, floor))
    return [group] if group.hits else []


def _asked(actor: Actor, text: str) -> finding.Asked | None:
    return finding.asked(text) if actor.role in WORKERS else None


class _Place(NamedTuple):
    """The last hit that was shown: whether it came as a phrase, its key, and from which key on phrases come first."""

    phrase: bool
    pk: int
    floor: int


def _group(actor: Actor, source: _Source, asked: finding.Asked, text: str, after: _Place | None) -> Group:
    """Take the phrase's hits first, then the others: each newest first, so that an index may be walked and left."""
    floor = after.floor if after else _floor(source) if asked.phrase else 0
    ranked = Q(**{"id__gt": floor, f"{source.column}__icontains": asked.phrase})
    found: list[tuple[bool, int, str, str]] = []
    for phrase in (True, False) if asked.phrase else (False,):
        if len(found) > MOST or (after and phrase > after.phrase):
            continue
        rows = _rows(actor, source, asked)
        if asked.phrase:
            rows = rows.filter(ranked if phrase else ~ranked)
        if after and phrase == after.phrase:
            rows = rows.filter(id__lt=after.pk)
        taken = rows.values_list("id", source.column, source.number)[: MOST + 1 - len(found)]
        found += [(phrase, pk, said, number) for pk, said, number in taken]
    hits = [
        Hit(number, reverse(source.page, args=[number]), asked.snippet(said))
        for _rank, _pk, said, number in found[:MOST]
    ]
    more = ""
    if len(found) > MOST:
        place = cursor_seal([*found[MOST - 1][:2], floor], source.ordering)
        more = "?" + urlencode({"q": text, "in": source.key, "after": place})
    return Group(source.label, hits, more)


def _floor(source: _Source) -> int:
    newest = source.model._default_manager.order_by("-id").values_list("id", flat=True)[:1]
    return next((pk - RANKED for pk in newest), 0)


def _rows(actor: Actor, source: _Source, asked: finding.Asked) -> Any:
    rows: Any = source.model._default_manager.alias(search_words=finding.words_of(source.column))
    return actor.visible(rows.filter(asked.within(source.column)), source.shop).order_by("-id")
