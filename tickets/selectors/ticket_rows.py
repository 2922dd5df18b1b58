"""Lists of tickets in the console: tabs, filters and what waits for whom (TKT-1, TKT-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import keyset
from aftersales.core.auth import Actor
from aftersales.core.models import Shop, User
from orders.models import Order
from tickets.models import Ticket
from tickets.states import ACTIVE, OUTSIDERS, TO_DO, WORKERS, TicketStatus, WaitingFor

from .tickets import ORDER_OF_ACTIVE, ORDER_OF_ALL, late_now, require_worker, step_words, with_case

MINE, OURS = "mine", "ours"
MOST_OWNERS = 100
MOST_OF_ORDER = 20


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the list."""

    label: str | Promise
    statuses: Sequence[str]
    ordering: Sequence[str] = ORDER_OF_ACTIVE
    counted: bool = True


TABS: dict[str, Tab] = {
    MINE: Tab(pgettext_lazy("ticket", "Mine"), ACTIVE),
    OURS: Tab(pgettext_lazy("ticket", "Waits for us"), (TicketStatus.WAITING,)),
    "todo": Tab(pgettext_lazy("ticket", "To do"), TO_DO),
    "waiting": Tab(pgettext_lazy("ticket", "Waiting"), (TicketStatus.WAITING,)),
    "late": Tab(pgettext_lazy("ticket", "Late"), ACTIVE),
    "solved": Tab(pgettext_lazy("ticket", "Solved"), (TicketStatus.RESOLVED,), ORDER_OF_ALL, counted=False),
    "all": Tab(_("All"), (), ORDER_OF_ALL, counted=False),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for: a tab and filters, already checked."""

    tab: str = MINE
    kind: Sequence[str] = ()
    priority: Sequence[str] = ()
    owner: Sequence[str] = ()
    waiting_for: Sequence[str] = ()
    shop: Sequence[str] = ()

    @property
    def filtered(self) -> bool:
        """Whether less than the whole tab is asked for."""
        return bool(self.kind or self.priority or self.owner or self.waiting_for or self.shop)


def tabs_for(actor: Actor) -> list[str]:
    """Give the tabs of a role; what waits for us has those who can be waited for."""
    return [key for key in TABS if key != OURS or actor.role in WaitingFor.values]


def first_tab(actor: Actor) -> str:
    """Give the tab that a role begins with: what waits for the warehouse or finance, for the desk one's own."""
    return OURS if actor.role in ("warehouse", "finance") else MINE


def ticket_rows(actor: Actor, wanted: Wanted) -> QuerySet[Ticket]:
    """Give the tickets of a tab, filtered, unordered. Raises: Forbidden."""
    require_worker(actor)
    rows: QuerySet[Ticket] = actor.visible(Ticket.objects.all())
    statuses = TABS[wanted.tab].statuses
    if statuses:
        rows = rows.filter(status__in=statuses)
    if wanted.tab == MINE:
        rows = rows.filter(owner=actor.user_id)
    elif wanted.tab == OURS:
        rows = rows.filter(waiting_for=actor.role)
    elif wanted.tab == "late":
        rows = rows.filter(is_late=True)
    chosen: dict[str, Any] = {
        "kind__in": wanted.kind,
        "priority__in": wanted.priority,
        "waiting_for__in": wanted.waiting_for,
        "shop__code__in": wanted.shop,
    }
    rows = rows.filter(**{name: list(values) for name, values in chosen.items() if values})
    if wanted.owner:
        owned = Q(owner__username__in=list(wanted.owner))
        rows = rows.filter(owned | Q(owner=None) if "none" in wanted.owner else owned)
    return rows


def tickets_with_number(actor: Actor, asked: str) -> QuerySet[Ticket]:
    """Give the tickets that a number of a ticket, an order or a request leads to: one statement. Raises: Forbidden."""
    require_worker(actor)
    rows: QuerySet[Ticket] = actor.visible(Ticket.objects.all())
    keys = (
        rows.filter(ticket_no=asked.upper())
        .values("pk")
        .union(
            rows.filter(order__order_no=asked).values("pk"),
            rows.filter(refund__refund_no=asked.upper()).values("pk"),
        )
    )
    return rows.filter(pk__in=keys)


def ticket_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each counted tab of this role, up to a cap; a statement for each."""
    counted = [key for key in tabs_for(actor) if TABS[key].counted]
    return {key: keyset.counted(ticket_rows(actor, Wanted(tab=key))) for key in counted}


def tickets_waiting(actor: Actor) -> QuerySet[Ticket]:
    """Give what waits for this person: the desk has tickets of its own to do, the others are waited for.

    Supervisors are both.
    """
    require_worker(actor)
    waits = Q(status=TicketStatus.WAITING, waiting_for=actor.role)
    if first_tab(actor) == MINE:
        waits |= Q(status__in=TO_DO, owner=actor.user_id)
    rows: QuerySet[Ticket] = actor.visible(Ticket.objects.filter(waits))
    return rows


def tickets_shown(rows: Sequence[Ticket]) -> list[dict[str, Any]]:
    """Turn tickets with their case into rows of a list."""
    return [
        {
            "ticket": ticket,
            "step": step_words(ticket),
            "late": late_now(ticket),
            "active": ticket.is_active,
            "against_shop": ticket.waiting_for not in OUTSIDERS,
        }
        for ticket in rows
    ]


def tickets_of_order(order: Order) -> list[dict[str, Any]]:
    """Give what is still to be done for an order, the next due first; one statement."""
    rows = with_case(Ticket.objects.filter(order=order, status__in=ACTIVE)).order_by(*ORDER_OF_ACTIVE)
    return tickets_shown(list(rows[:MOST_OF_ORDER]))


def tickets_in_hand(actor: Actor) -> list[Ticket]:
    """Give the active tickets of a person, the next due first: what is handed over at the end of a shift (TKT-2)."""
    rows = with_case(ticket_rows(actor, Wanted(tab=MINE))).order_by(*ORDER_OF_ACTIVE)
    return list(rows[: keyset.PAGE_SIZE * 4])


def workers(actor: Actor) -> list[User]:
    """Give who may own tickets of the shops that the actor sees, by name; one statement."""
    staff = User.objects.filter(is_active=True, role__in=WORKERS)
    if actor.shop_ids is not None:
        staff = (staff.filter(shops__in=actor.shop_ids) | staff.filter(shops=None)).distinct()
    return list(staff.order_by("display_name", "username")[:MOST_OWNERS])


def workers_of(ticket: Ticket) -> list[User]:
    """Give who may own this ticket; of a request only the desk. One statement."""
    roles = ("agent", "supervisor") if ticket.refund_id is not None else tuple(WORKERS)
    staff = User.objects.filter(is_active=True, role__in=roles)
    staff = (staff.filter(shops=ticket.shop_id) | staff.filter(shops=None)).distinct()
    return list(staff.order_by("display_name", "username")[: 2 * MOST_OWNERS])


def shops_of(actor: Actor) -> list[Shop]:
    """Give the shops that the actor sees, by name; one statement."""
    shops = Shop.objects.order_by("name")
    return list(shops if actor.shop_ids is None else shops.filter(pk__in=actor.shop_ids))
