"""What a member of staff was told about his requests, in words, and how much of it is unread (TMO-17)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core.auth import Actor
from tickets.models import Notification

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
}


def notifications_for(actor: Actor, tab: str) -> QuerySet[Notification]:
    """Give what this person was told, unordered, with the requests that it is about."""
    rows = _mine(actor)
    if tab == "unread":
        rows = rows.filter(read_at=None)
    return rows.select_related("refund__order__buyer", "refund__shop")


def notifications_unread(actor: Actor) -> QuerySet[Notification]:
    """Give what this person has not read."""
    return _mine(actor).filter(read_at=None)


def _mine(actor: Actor) -> QuerySet[Notification]:
    if actor.user_id is None:
        return Notification.objects.none()
    return actor.visible(Notification.objects.filter(user_id=actor.user_id), "refund__shop_id")


def unread_count(actor: Actor) -> int:
    """Count the unread, up to the cap."""
    return notifications_unread(actor).order_by().values("pk")[:COUNT_CAP].count()


def notification_rows(rows: list[Notification]) -> list[dict[str, Any]]:
    """Give each piece of news as the list shows it: what was said, and what happens by itself and when."""
    return [_row(news) for news in rows]


def _row(news: Notification) -> dict[str, Any]:
    near = news.topic == "refund.deadline_near"
    due_at, refund = news.payload.get("due_at"), news.refund
    # What was announced is said only as long as it still holds: a request that moved on has another deadline, or none.
    holds = near and due_at is not None and refund.due_at == datetime.fromisoformat(due_at)
    then = then_words(status=refund.status, flow=refund.flow, action=news.payload.get("action", "")) if holds else ""
    text = str(SAID.get(news.topic, news.topic))
    if near and not holds:
        text = _("Was about to act by itself")
    return {"news": news, "refund": refund, "text": text, "then": then, "due_at": refund.due_at if holds else None}
