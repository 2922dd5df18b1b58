"""The team board: what each colleague has in hand, what of it is late, and what acts by itself against the shop.

Every figure is counted up to a cap, and the number of statements does not depend on how many people there are (TMO-17).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from aftersales.core import clock, errors, keyset
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, User
from refunds.models import Refund
from refunds.states import OPEN_STATES, UNDECIDED, RefundStatus
from tickets.models import Task, TaskKind, Ticket
from tickets.states import ACTIVE, WORKERS

from . import disputes
from .deadlines import deadlines_soon

MOST_PEOPLE = 100
COUNT_CAP = 1000
NOBODY = "none"
FIGURES = ("requests", "tickets", "late_tickets", "tasks", "late_tasks", "broken")
_LATE = ("late_tickets", "late_tasks")


@dataclass(slots=True)
class Acting:
    """What acts by itself soon against the shop, of one owner: deadlines and the requests' amounts, in fen."""

    ids: list[int] = field(default_factory=list)
    amounts: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many deadlines."""
        return len(self.ids)

    @property
    def sum_fen(self) -> int:
        """What the requests behind them ask for; each counts once, however many deadlines it has."""
        return sum(self.amounts.values())


def team(actor: Actor) -> QuerySet[User]:
    """Give the colleagues who work in one of the shops that the actor sees, by name."""
    staff = User.objects.filter(is_active=True, role__in=WORKERS)
    if actor.shop_ids is not None:
        staff = (staff.filter(shops__in=actor.shop_ids) | staff.filter(shops=None)).distinct()
    return staff.order_by("display_name", "username")


def colleague_get(actor: Actor, user_id: int) -> User:
    """Return one of the team. Raises: NotFound."""
    found = team(actor).filter(pk=user_id).first()
    if found is None:
        raise errors.NotFound()
    return found


def board(actor: Actor) -> dict[str, Any]:
    """Give the whole board in four statements: people, their figures, what acts by itself, what nobody owns."""
    found = list(team(actor)[: MOST_PEOPLE + 1])
    people, acting = found[:MOST_PEOPLE], acting_by_owner(actor)
    figures = _figures([person.pk for person in people], actor)
    return {
        "rows": [_row(person, figures[person.pk], acting.get(person.pk, Acting())) for person in people],
        "more": len(found) > MOST_PEOPLE,
        "nobody": acting.get(None, Acting()),
        "unowned": keyset.counted(requests_of(actor, None)),
        "acting": together(acting),
        "broken": sum(row["broken"] for row in figures.values()),
    }


def _row(person: User, figures: Mapping[str, int], acting: Acting) -> dict[str, Any]:
    shown = {name: {"n": number, "capped": number >= COUNT_CAP} for name, number in figures.items()}
    return {
        "person": person,
        "acting": acting,
        "late": sum(figures[name] for name in _LATE),
        "late_capped": any(shown[name]["capped"] for name in _LATE),
        **shown,
    }


def wall(actor: Actor) -> dict[str, Any]:
    """Give the figures of the wall, nothing of any buyer: those of the board, and five of the shops as a whole."""
    shown = board(actor)
    now = clock.now()
    to_decide = actor.visible(Refund.objects.filter(status=RefundStatus.WAIT_SELLER_AGREE))
    undecided = disputes.disputes(actor, "open")
    open_tasks = actor.visible(Task.objects.filter(done_at=None))
    totals = {
        "to_decide": to_decide,
        "tickets": tickets_of(actor, None, everyone=True),
        "late_tickets": tickets_of(actor, None, everyone=True).filter(is_late=True),
        "late_tasks": open_tasks.filter(due_at__lt=now),
        "disputes": undecided.filter(status__in=UNDECIDED),
    }
    busiest = sorted(shown["rows"], key=lambda row: (-row["acting"].count, -row["late"], str(row["person"])))
    return shown | {"totals": {name: keyset.counted(rows) for name, rows in totals.items()}, "rows": busiest[:12]}


def requests_of(actor: Actor, owner_id: int | None) -> QuerySet[Refund]:
    """Give the open requests of one person, or those that nobody owns, unordered."""
    rows: QuerySet[Refund] = actor.visible(Refund.objects.filter(status__in=OPEN_STATES, assignee=owner_id))
    return rows


def tickets_of(actor: Actor, owner_id: int | None, *, everyone: bool = False) -> QuerySet[Ticket]:
    """Give the active tickets of one person (or of all) that no request leads, unordered."""
    rows: QuerySet[Ticket] = actor.visible(Ticket.objects.filter(status__in=ACTIVE, refund=None))
    return rows if everyone else rows.filter(owner=owner_id)


def acting_of(actor: Actor, acting: Mapping[int | None, Acting], owner_id: int | None) -> QuerySet[Deadline]:
    """Give the deadlines behind one owner's figure, unordered."""
    return deadlines_soon(actor, "shop").filter(pk__in=acting.get(owner_id, Acting()).ids)


def together(acting: Mapping[int | None, Acting]) -> Acting:
    """Add all owners up."""
    whole = Acting()
    for one in acting.values():
        whole.ids += one.ids
        whole.amounts |= one.amounts
    return whole


def acting_by_owner(actor: Actor) -> dict[int | None, Acting]:
    """Give what acts by itself against the shop within the warning time, by owner (None: nobody's); one statement.

    The nearest thousand are looked at. A request's disputes and proposals are its owner's (TMO-17).
    """
    nearest = deadlines_soon(actor, "shop").order_by("due_at", "id").values("pk", "subject_type", "subject_id")
    sql, params = nearest[:COUNT_CAP].query.sql_with_params()
    found: dict[int | None, Acting] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS.format(nearest=sql), params)
        for pk, owner_id, refund_id, amount_fen in cursor.fetchall():
            mine = found.setdefault(owner_id, Acting())
            mine.ids.append(pk)
            if refund_id is not None:
                mine.amounts[refund_id] = amount_fen
    return found


def _figures(ids: Sequence[int], actor: Actor) -> dict[int, dict[str, int]]:
    """Count what each of these people has, each figure up to the cap; one statement."""
    now = clock.now()
    values = {
        "ids": list(ids),
        "shops": sorted(actor.shop_ids) if actor.shop_ids is not None else None,
        "open": list(OPEN_STATES),
        "active": list(ACTIVE),
        "promise": TaskKind.PROMISE.value,
        "now": now,
        "today": clock.day_began(now),
        "cap": COUNT_CAP,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return {user_id: dict(zip(FIGURES, numbers, strict=True)) for user_id, *numbers in cursor.fetchall()}


_OWNERS = """
SELECT d.pk, CASE WHEN d.subject_type = 'ticket' THEN t.owner_id ELSE r.assignee_id END, r.id, r.amount_fen
FROM ({nearest}) d
LEFT JOIN refunds_dispute i ON d.subject_type = 'dispute' AND i.id = d.subject_id
LEFT JOIN refunds_proposal p ON d.subject_type = 'proposal' AND p.id = d.subject_id
LEFT JOIN refunds_refund r ON r.id = CASE d.subject_type
  WHEN 'refund' THEN d.subject_id WHEN 'dispute' THEN i.refund_id WHEN 'proposal' THEN p.refund_id END
LEFT JOIN tickets_ticket t ON d.subject_type = 'ticket' AND t.id = d.subject_id
"""


def _capped(rows: str) -> str:
    return f"(SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT %(cap)s) counted)"


def _seen(alias: str) -> str:
    return f"(%(shops)s::bigint[] IS NULL OR {alias}.shop_id = ANY(%(shops)s::bigint[]))"


_TICKETS = (
    f"tickets_ticket k WHERE k.owner_id = u.id AND k.status = ANY(%(active)s) AND k.refund_id IS NULL AND {_seen('k')}"
)


def _tasks(condition: str) -> str:
    """Say which tasks are a person's: those of his tickets, and of his requests where no ticket has them."""
    return (
        "(SELECT 1 FROM tickets_ticket k JOIN tickets_task a ON a.ticket_id = k.id"
        f" WHERE k.owner_id = u.id AND {condition} AND {_seen('a')}"
        " UNION ALL SELECT 1 FROM refunds_refund r JOIN tickets_task a ON a.refund_id = r.id AND a.ticket_id IS NULL"
        f" WHERE r.assignee_id = u.id AND r.status = ANY(%(open)s) AND {condition} AND {_seen('a')}) own"
    )


_BROKEN = (
    "tickets_ticket k JOIN tickets_task a ON a.ticket_id = k.id WHERE k.owner_id = u.id"
    " AND a.kind = %(promise)s AND a.due_at >= %(today)s AND a.due_at < %(now)s"
    f" AND (a.done_at IS NULL OR a.done_at > a.due_at) AND {_seen('a')}"
)
_COUNTS = "SELECT u.id, {} FROM unnest(%(ids)s::bigint[]) u(id)".format(
    ", ".join(
        map(
            _capped,
            (
                f"refunds_refund r WHERE r.assignee_id = u.id AND r.status = ANY(%(open)s) AND {_seen('r')}",
                _TICKETS,
                f"{_TICKETS} AND k.is_late",
                _tasks("a.done_at IS NULL"),
                _tasks("a.done_at IS NULL AND a.due_at < %(now)s"),
                _BROKEN,
            ),
        )
    )
)
"""In the order of `FIGURES`."""
