"""Whom the workbench tells of news: owners of requests and tickets, the groups' robots, the shop's front-end.

Each may hear the same news twice.
"""

from aftersales.core.models import OutboxEvent, User
from aftersales.core.webhooks.messages import Message as WebhookMessage
from refunds.models import Refund
from tickets import services
from tickets.models import KIND_OF, Ticket
from tickets.selectors.tickets import ticket_told


def tell_owner(event: OutboxEvent) -> None:
    """Tell the owner of a request what the buyer did, or what is about to happen by itself (TMO-17)."""
    refund = Refund.objects.select_related("assignee").get(pk=event.subject_id)
    if refund.assignee is None or event.payload.get("side") == "seller":
        return
    if isinstance(refund.assignee, User):
        services.notify(user=refund.assignee, refund=refund, event=event)


def tell_ticket_owner(event: OutboxEvent) -> None:
    """Tell the owner of a ticket that it came to him, comes back, is late or nearly so (TKT-2, TMO-17).

    Of one that its request leads he hears only that it came to him: the rest the request tells.
    """
    ticket = Ticket.objects.select_related("owner").get(pk=event.subject_id)
    if ticket.owner is None or not ticket.is_active:
        return
    if ticket.refund_id is not None and event.topic != "ticket.assigned":
        return
    if event.payload.get("by") == ticket.owner_id:
        return
    services.notify(user=ticket.owner, ticket=ticket, event=event)


ROBOTS_HEAR = frozenset(KIND_OF)
"""What group robots can be told."""


def tell_robots(event: OutboxEvent) -> None:
    """Queue what happened for the shop's group robots that want it; hearing it twice changes nothing (TMO-17)."""
    services.robots_tell(event=event)


def ticket_message(event: OutboxEvent) -> WebhookMessage:
    """Tell the shop's front-end of a ticket what a buyer may know, and of a reply its words (TKT-1)."""
    body = ticket_told(event.subject_id)
    if event.topic == "ticket.replied":
        body["reply"] = event.payload["text"]
    return WebhookMessage(event.topic, body["ticket_no"], body)
