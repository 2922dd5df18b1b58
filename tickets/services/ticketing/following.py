"""The ticket of a request: opened by itself, going where the request goes, ended with it (TKT-1).

The request leads: its status says what is waited for, its nearest deadline by when, its assignee who owns it. All is
read anew each time, so news may come twice, late, or in a bunch.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from aftersales.core import clock, transitions
from aftersales.core.auth import Actor
from refunds.models import Refund
from refunds.states import ExchangeStatus, Kind, RefundStatus
from tickets.models import Ticket
from tickets.states import Priority, TicketKind, TicketStatus, WaitingFor

from .machine import TICKET, due_by_priority, ticket_lock
from .opening import numbered

R, E, W = RefundStatus, ExchangeStatus, WaitingFor
KINDS: dict[str, str] = {
    Kind.EXCHANGE: TicketKind.EXCHANGE,
    Kind.RESHIP: TicketKind.MISSING,
    Kind.REPAIR: TicketKind.WARRANTY,
}
WAITS: dict[str, str] = {
    R.WAIT_BUYER_RETURN_GOODS: W.BUYER,
    R.SELLER_REFUSE_BUYER: W.BUYER,
    R.WAIT_SELLER_CONFIRM_GOODS: W.WAREHOUSE,
    R.WAIT_SYSTEM_TRANSFER: W.FINANCE,
    E.WAIT_BUYER_RETURN_GOODS: W.BUYER,
    E.WAIT_BUYER_MODIFY: W.BUYER,
    E.WAIT_BUYER_CONFIRM_GOODS: W.BUYER,
    E.WAIT_SELLER_CONFIRM_GOODS: W.WAREHOUSE,
    E.WAIT_SELLER_SEND_GOODS: W.WAREHOUSE,
}
"""Who is waited for in each status of a request; in the others it waits for the desk."""


@dataclass(frozen=True, slots=True)
class _Led:
    """What a request says of its ticket."""

    waiting_for: str
    next_step: str
    due_at: datetime | None
    kind: str
    owner_id: int | None


def ticket_follow(*, refund_id: int) -> Ticket | None:
    """Bring the ticket of a request to where the request is, opening it where there is none yet; return it.

    What has ended without one needs none. Locks: the ticket; on opening, the request. Emits: ticket.opened,
    ticket.followed.
    """
    refund = Refund.objects.get(pk=refund_id)
    ticket: Ticket | None = Ticket.objects.filter(refund=refund_id).first()
    if ticket is None:
        if not refund.is_open:
            return None
        ticket = _open(refund_id)
    if not ticket.is_active:
        return ticket
    with transaction.atomic(savepoint=False):
        # Read after the lock: what is written is never older than what was written before.
        [ticket] = ticket_lock([ticket.pk], False)
        refund = Refund.objects.get(pk=refund_id)
        led = _led(refund, ticket.priority)
        outcome = "ended" if not refund.is_open else "waiting" if led.waiting_for else "todo"
        same = all(getattr(ticket, name) == value for name, value in asdict(led).items())
        if not ticket.is_active or (same and outcome != "ended"):
            return ticket
        actor = Actor.system("request")
        moved: Ticket = transitions.apply(TICKET, ticket.pk, "follow", actor=actor, outcome=outcome, **asdict(led))
        return moved


def _open(refund_id: int) -> Ticket:
    """Open the ticket of a request as it is now; whoever is second finds the first one's."""
    with transaction.atomic(savepoint=False):
        # The lock makes openers queue up, and keeps the owner from changing before the ticket has him.
        refund = Refund.objects.select_for_update(of=("self",), no_key=True).select_related("order").get(pk=refund_id)
        found: Ticket | None = Ticket.objects.filter(refund=refund).first()
        if found is not None:
            return found
        at = clock.now()
        led = _led(refund, Priority.NORMAL)
        key, number = numbered(refund.order, at)
        ticket = Ticket(
            pk=key,
            ticket_no=number,
            shop_id=refund.shop_id,
            order=refund.order,
            refund=refund,
            status=TicketStatus.OPEN,
            kind=led.kind,
            priority=Priority.NORMAL,
            title=refund.summary[:200],
            owner_id=led.owner_id,
            next_step=led.next_step,
            due_at=led.due_at or due_by_priority(Priority.NORMAL, refund.shop_id, at),
            opened_by=Actor.system("request").name,
            created_at=refund.created_at,
        )
        opened: Ticket = transitions.create(
            TICKET, ticket, actor=Actor.system("request"), action="open", note=refund.refund_no
        )
        return opened


def _led(refund: Refund, priority: str) -> _Led:
    kind = KINDS.get(refund.kind, TicketKind.REFUND)
    if not refund.is_open:
        return _Led("", "", None, kind, refund.assignee_id)
    waiting_for = W.PLATFORM if refund.in_dispute else WAITS.get(refund.status, "")
    # A request whose clock stands still, or that has none, is looked at again within the priority's time of its change.
    due_at = refund.due_at or due_by_priority(priority, refund.shop_id, refund.updated_at)
    return _Led(waiting_for, refund.status, due_at, kind, refund.assignee_id)
