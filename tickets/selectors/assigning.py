"""What automatic assignment goes by, and its page shows: who is there, can do what, and has how much (TKT-1)."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core import clock, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role, Shop, User
from refunds.models import Refund
from tickets.models import DeskAgent, Presence, Ticket
from tickets.states import ACTIVE, TO_DO, TicketKind, TicketStatus

from .team import MOST_PEOPLE

WAITING = "waiting"
BY_ITSELF = "system: assignment"
"""Who gives tickets by themselves, in the log."""
SHOWN_SECONDS = 30
MOST_GROUPS = 100
Group = tuple[int, str]
"""A shop and a kind: whoever can take one ticket of it can take them all."""
OFF, NOBODY_PRESENT, NOBODY_ABLE, ALL_FULL, SOON = "off", "nobody", "unable", "full", "soon"
REASONS: dict[str, Any] = {
    OFF: gettext_lazy("Automatic assignment is switched off for this shop: take them on, or switch it on."),
    NOBODY_PRESENT: gettext_lazy("No agent of this shop is present."),
    NOBODY_ABLE: gettext_lazy(
        "Nobody who is present can do this kind: add it to somebody's skills, or give it by hand."
    ),
    ALL_FULL: gettext_lazy(
        "Everybody who is present and can do it has reached his limit: raise one, or give it by hand."
    ),
    SOON: gettext_lazy("Will be given within seconds."),
}


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody has in hand: active tickets by priority, and apart from them those that wait for somebody else."""

    counts: Mapping[str, int]

    @property
    def open(self) -> int:
        """How many active tickets."""
        return sum(self.counts.values())

    def weight(self, shop_id: int | None) -> int:
        """What they weigh, by the figures of a shop."""
        return sum(
            number * policies.number(f"assign.weight.{name}", shop_id=shop_id) for name, number in self.counts.items()
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets a ticket, and why he: his load and how many he had, his limit, and how many could have had it."""

    user_id: int
    load: int
    open: int
    most: int
    among: int


def agents_present() -> QuerySet[DeskAgent]:
    """Give the agents who are present and may still sign in, unordered."""
    return DeskAgent.objects.filter(presence=Presence.PRESENT, user__is_active=True, user__role=Role.AGENT)


def can_do(agents: QuerySet[DeskAgent], shop_id: int, kind: str) -> QuerySet[DeskAgent]:
    """Give those of some agents who see the shop and have the skill for this kind of ticket."""
    sees = User.objects.filter(Q(shops=shop_id) | Q(shops=None)).values("pk")
    skilled = (Q(kinds=[]) | Q(kinds__contains=[kind])) & (Q(shops=[]) | Q(shops__contains=[shop_id]))
    return agents.filter(skilled, user__in=sees)


def shops_assigned() -> list[int]:
    """Give the shops whose tickets are given out by themselves; one statement."""
    keys = Shop.objects.order_by("pk").values_list("pk", flat=True)
    return [key for key in keys if policies.flag("assign.automatic", shop_id=key)]


def unowned(shop_ids: Collection[int] | None, without: Iterable[Group] = ()) -> QuerySet[Refund]:
    """Give the requests whose ticket is ours to do and nobody's, unordered; of all shops for None."""
    rows: QuerySet[Refund] = Refund.objects.filter(assignee=None, ticket__owner=None, ticket__status__in=TO_DO)
    if shop_ids is not None:
        rows = rows.filter(shop_id__in=list(shop_ids))
    for shop_id, kind in without:
        rows = rows.exclude(shop_id=shop_id, ticket__kind=kind)
    return rows


def loads(user_ids: Collection[int]) -> dict[int, Load]:
    """Count what each of these people has in hand; one statement."""
    counts: dict[int, dict[str, int]] = {user_id: {} for user_id in user_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT owner_id, CASE WHEN status = %s THEN %s ELSE priority END, count(*) FROM tickets_ticket"
            " WHERE owner_id = ANY(%s) AND status = ANY(%s) GROUP BY 1, 2",
            [TicketStatus.WAITING.value, WAITING, list(user_ids), list(ACTIVE)],
        )
        for user_id, name, number in cursor.fetchall():
            counts[user_id][name] = number
    return {user_id: Load(found) for user_id, found in counts.items()}


def limit_of(agent: DeskAgent | None, shop_id: int | None) -> int:
    """Say how many open tickets somebody may have before he is given no more."""
    if agent is not None and agent.most_open is not None:
        return agent.most_open
    return policies.number("assign.most_open", shop_id=shop_id)


def chosen(agents: Collection[DeskAgent], found: Mapping[int, Load], shop_id: int) -> Choice | None:
    """Choose who has the least load below his limit; of equals who has fewer, then who was there first. Or nobody."""
    choices = [
        Choice(
            agent.user_id,
            found[agent.user_id].weight(shop_id),
            found[agent.user_id].open,
            limit_of(agent, shop_id),
            len(agents),
        )
        for agent in agents
    ]
    free = [choice for choice in choices if choice.open < choice.most]
    return min(free, key=lambda choice: (choice.load, choice.open, choice.user_id), default=None)


# The header -----------------------------------------------------------------------------------------------------------


def presence_key(user_id: int) -> str:
    """Name where the state that the header shows is kept for a moment."""
    return f"tickets:presence:{user_id}"


def presence_of(user_id: int) -> str:
    """Say whether somebody is present; kept for a moment, so that a page does not ask each time."""
    known: str | None = cache.get(presence_key(user_id))
    if known is None:
        found = DeskAgent.objects.filter(pk=user_id).values_list("presence", flat=True).first()
        known = found or Presence.OFF.value
        cache.set(presence_key(user_id), known, SHOWN_SECONDS)
    return known


# The page of supervisors ----------------------------------------------------------------------------------------------


def agents_of(actor: Actor) -> QuerySet[User]:
    """Give the agents who work in one of the shops that the actor sees, by name."""
    staff = User.objects.filter(is_active=True, role=Role.AGENT)
    if actor.shop_ids is not None:
        staff = (staff.filter(shops__in=actor.shop_ids) | staff.filter(shops=None)).distinct()
    return staff.select_related("desk_agent").order_by("display_name", "username")


def agent_rows(actor: Actor, shops: Mapping[int, str]) -> list[dict[str, Any]]:
    """Give each agent with what he can do and has, in two statements; weighed by the figures for all shops."""
    people = list(agents_of(actor)[:MOST_PEOPLE])
    found = loads([person.pk for person in people])
    rows = []
    for person in people:
        agent: DeskAgent | None = getattr(person, "desk_agent", None)
        presence = Presence(agent.presence if agent is not None else Presence.OFF)
        load, most = found[person.pk], limit_of(agent, None)
        rows.append(
            {
                "person": person,
                "presence": presence.value,
                "presence_words": presence.label,
                "since": agent.since if agent is not None else None,
                "by_itself": agent is not None and agent.by_itself,
                "kinds": _named(dict(TicketKind.choices), agent.kinds if agent is not None else []),
                "shops": _named(shops, agent.shops if agent is not None else []),
                "open": load.open,
                "most": most,
                "full": load.open >= most,
                "load": load.weight(None),
            }
        )
    return rows


def _named(words: Mapping[Any, Any], keys: Iterable[Any]) -> str:
    """Name what somebody's skills are; without any he has all."""
    named = [str(words[key]) for key in keys if key in words]
    return pgettext("enumeration", ", ").join(named) if named else _("All")


def unowned_groups(actor: Actor, shops: Mapping[int, str]) -> list[dict[str, Any]]:
    """Give what nobody owns by shop and kind, the most urgent first, each with why it was not given.

    A statement for the groups, one for who is present, one for what they have, and one for each shop and kind.
    """
    rows = (
        actor.visible(Ticket.objects.filter(owner=None, status__in=TO_DO, refund__isnull=False))
        .values("shop_id", "kind")
        .annotate(number=Count("pk"), due_at=Min("due_at"))
        .order_by(F("due_at").asc(), "shop_id", "kind")
    )
    return [
        {
            "shop": shops.get(row["shop_id"], ""),
            "kind": TicketKind(row["kind"]).label,
            "number": row["number"],
            "due_at": row["due_at"],
            "reason": REASONS[_why_not(row["shop_id"], row["kind"])],
        }
        for row in rows[:MOST_GROUPS]
    ]


def _why_not(shop_id: int, kind: str) -> str:
    if not policies.flag("assign.automatic", shop_id=shop_id):
        return OFF
    present = list(agents_present().select_related("user"))
    if not present:
        return NOBODY_PRESENT
    able = list(can_do(agents_present(), shop_id, kind))
    if not able:
        return NOBODY_ABLE
    return SOON if chosen(able, loads([agent.user_id for agent in able]), shop_id) is not None else ALL_FULL


def assigned_words(note: str) -> tuple[str, str]:
    """Say from the log's note to whom a ticket was given by itself, and why to him."""
    try:
        why = json.loads(note)
        given = pgettext("ticket", "gave it to %(who)s by itself") % {"who": why["to"]}
        said = _("Least in hand of %(among)s who could: load %(load)s, %(open)s open of at most %(most)s.") % why
    except (ValueError, KeyError, TypeError):
        return pgettext("ticket", "gave it to another owner"), note
    return given, said


def quiet_before() -> Any:
    """Give the moment before which the last sign of life must lie for somebody to be away."""
    return clock.now() - policies.duration("assign.away_after")
