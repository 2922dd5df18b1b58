"""What a member of staff was told about his requests, in words, and how much of it is unread (TMO-17)."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core.auth import Actor
from refunds.models import Refund
from tickets.models import Notification, Ticket

from .happening import then_words

TABS = {"unread": pgettext_lazy("news", "Unread"), "all": gettext_lazy("All")}
ORDERING = ("-id",)
COUNT_CAP = 1000

SAID = {
    "refund.deadline_near": gettext_lazy("Nobody has acted yet"),
    "refund.message": gettext_lazy("The buyer wrote"),
    "refund.modified": gettext_lazy("The buyer modified the request"),
    "proposal.made": gettext_lazy("The buyer proposes something"),
    "proposal.accepted": gettext_lazy("The proposal is accepted"),
    "proposal.declined": gettext_lazy("The proposal is declined"),
    "proposal.lapsed": gettext_lazy("The proposal was not answered in time"),
    "refund.returned": gettext_lazy("The buyer sent the goods back"),
    "ticket.assigned": gettext_lazy("Handed over to you"),
    "ticket.came_back": gettext_lazy("Waited for in vain: follow it up"),
    "ticket.deadline_near": gettext_lazy("The next step is due soon"),
    "ticket.late": gettext_lazy("The next step was not taken in time"),
}


def notifications_for(actor: Actor, tab: str) -> QuerySet[Notification]:
    """Give what this person was told, unordered, with the requests that it is about."""
    rows = _mine(actor)
    if tab == "unread":
        rows = rows.filter(read_at=None)
    return rows.select_related("refund__order__buyer", "ticket__order__buyer")


def notifications_unread(actor: Actor) -> QuerySet[Notification]:
    """Give what this person has not read."""
    return _mine(actor).filter(read_at=None)


def _mine(actor: Actor) -> QuerySet[Notification]:
    if actor.user_id is None:
        return Notification.objects.none()
    mine = Notification.objects.filter(user_id=actor.user_id)
    if actor.shop_ids is None:
        return mine
    return mine.filter(Q(refund__shop_id__in=actor.shop_ids) | Q(ticket__shop_id__in=actor.shop_ids))


def unread_count(actor: Actor) -> int:
    """Count the unread, up to the cap."""
    return notifications_unread(actor).order_by().values("pk")[:COUNT_CAP].count()


def notification_rows(rows: list[Notification]) -> list[dict[str, Any]]:
    """Give each piece of news as the list shows it: what was said, and what happens by itself and when."""
    return [_row(news) for news in rows]


def _row(news: Notification) -> dict[str, Any]:
    if news.ticket is not None:
        return _of_ticket(news, news.ticket)
    near = news.topic == "refund.deadline_near"
    due_at, refund = news.payload.get("due_at"), news.refund
    assert refund is not None, "news is about a request or a ticket"
    # What was announced is said only as long as it still holds: a request that moved on has another deadline, or none.
    holds = near and due_at is not None and refund.due_at == datetime.fromisoformat(due_at)
    then = then_words(status=refund.status, flow=refund.flow, action=news.payload.get("action", "")) if holds else ""
    text = str(SAID.get(news.topic, news.topic))
    if near and not holds:
        text = _("Was about to act by itself")
    return _shown(news, refund, refund.refund_no, refund.summary) | {
        "text": text,
        "then": then,
        "due_at": refund.due_at if holds else None,
    }


def _of_ticket(news: Notification, ticket: Ticket) -> dict[str, Any]:
    due_at = ticket.due_at if news.topic == "ticket.deadline_near" else None
    text = str(SAID.get(news.topic, news.topic))
    return _shown(news, ticket, ticket.ticket_no, ticket.title) | {
        "text": f"{text} · {ticket.next_step}" if ticket.next_step else text,
        "then": _("then it turns red"),
        "due_at": due_at,
    }


def _shown(news: Notification, about: Refund | Ticket, number: str, goods: str) -> dict[str, Any]:
    return {
        "news": news,
        "number": number,
        "goods": goods,
        "version": about.version,
        "status": about.get_status_display(),
        "buyer": about.order.buyer.nick,
    }
