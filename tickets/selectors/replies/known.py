"""Which ready words somebody has for a shop: the program's, those that replace them, the team's and his own (TKT-3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from tickets.models import CannedReply, ReplyCategory, ReplySituation, ReplyUse

from .default import DEFAULTS

PLACES = {category: place for place, category in enumerate(ReplyCategory.values)}


@dataclass(frozen=True, slots=True)
class ReadyWords:
    """Ready words as they hold for somebody, from wherever they come; `row` is None for the program's."""

    key: str
    category: str
    situation: str
    shortcut: str
    title: str
    text: str
    row: CannedReply | None = None
    uses: int = 0

    @property
    def is_macro(self) -> bool:
        """Whether it does something beside its words."""
        return self.row is not None and self.row.is_macro

    @property
    def category_words(self) -> str:
        """Which part of a reply it is."""
        return str(ReplyCategory(self.category).label)

    @property
    def situation_words(self) -> str:
        """What the case is about."""
        return str(ReplySituation(self.situation).label)


def visible_to(actor: Actor) -> QuerySet[CannedReply]:
    """Give the rows that somebody may see: his own, and the teams' of his shops."""
    rows = CannedReply.objects.filter(Q(owner=None) | Q(owner=actor.user_id))
    if actor.shop_ids is not None:
        rows = rows.filter(Q(shop=None) | Q(shop__in=actor.shop_ids))
    return rows


def reply_get_for(actor: Actor, pk: int) -> CannedReply:
    """Return a row with its shop and people. Raises: NotFound for a colleague's own, another shop's, or none."""
    found: CannedReply | None = visible_to(actor).filter(pk=pk).select_related("shop", "owner", "updated_by").first()
    if found is None:
        raise errors.NotFound()
    return found


def replies_for(actor: Actor, *, shop_id: int, language: str) -> list[ReadyWords]:
    """Give what somebody can use in a shop and a language, the most used by him first; two statements.

    What a shop replaces goes before what all shops replace, and that before the program's; switched off is gone.
    """
    rows = visible_to(actor).filter(Q(shop=None) | Q(shop=shop_id), language=language).order_by("id")
    counted: Iterable[Any] = ReplyUse.objects.filter(user=actor.user_id).values_list("key", "uses")
    uses: dict[str, int] = dict(counted)
    found = [_row(row, uses) for row in holding(rows)]
    replaced = {row.default_key for row in rows if row.default_key}
    found += [
        ReadyWords(
            key,
            one.category,
            one.situation,
            one.shortcut,
            one.title[language],
            one.text[language],
            None,
            uses.get(key, 0),
        )
        for key, one in DEFAULTS.items()
        if key not in replaced and language in one.text
    ]
    return sorted(found, key=lambda one: (-one.uses, PLACES[one.category], one.situation, one.title))


def holding(rows: Iterable[CannedReply]) -> list[CannedReply]:
    """Leave out what is switched off, and of those that replace the same words all but the shop's own."""
    last: dict[str, CannedReply] = {}
    free = []
    for row in rows:
        if not row.default_key:
            free.append(row)
        elif row.default_key not in last or row.shop_id is not None:
            last[row.default_key] = row
    return [row for row in [*free, *last.values()] if row.is_active]


def _row(row: CannedReply, uses: dict[str, int]) -> ReadyWords:
    return ReadyWords(
        row.key,
        row.category,
        row.situation,
        row.shortcut,
        row.title,
        row.text,
        row,
        uses.get(row.key, 0),
    )
