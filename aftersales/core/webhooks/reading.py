"""Reading webhooks for somebody: endpoints, what is on its way to them, and both as plain data."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import WebhookDelivery, WebhookEndpoint

from .endpoints import MANAGE


def endpoints_for(actor: Actor) -> QuerySet[WebhookEndpoint]:
    """Give the endpoints of the actor's shops, unordered, with how much waits and is parked. Raises: Forbidden."""
    actor.require(MANAGE)
    rows = actor.visible(WebhookEndpoint.objects.select_related("shop"))
    return rows.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__status="pending")),
        parked=Count("deliveries", filter=Q(deliveries__status="parked")),
    )


def endpoint_get_for(actor: Actor, pk: int) -> WebhookEndpoint:
    """Return an endpoint; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    actor.require(MANAGE)
    endpoint = actor.visible(WebhookEndpoint.objects.filter(pk=pk).select_related("shop")).first()
    if endpoint is None:
        raise errors.NotFound()
    return endpoint


def deliveries_of(endpoint: WebhookEndpoint, *, status: str = "") -> QuerySet[WebhookDelivery]:
    """Give the messages for an endpoint, unordered."""
    rows: QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(endpoint=endpoint)
    return rows.filter(status=status) if status else rows


def delivery_get_for(actor: Actor, pk: int, *, endpoint_id: int | None = None) -> WebhookDelivery:
    """Return a message; one query. Raises: Forbidden, NotFound."""
    actor.require(MANAGE)
    rows = WebhookDelivery.objects.filter(pk=pk).select_related("endpoint__shop")
    rows = rows.filter(endpoint=endpoint_id) if endpoint_id is not None else rows
    delivery = actor.visible(rows, "endpoint__shop_id").first()
    if delivery is None:
        raise errors.NotFound()
    return delivery


def endpoint_as_json(endpoint: WebhookEndpoint, *, secret: bool = False) -> dict[str, Any]:
    """Give an endpoint as callers get it; the secret only where it was just made."""
    body: dict[str, Any] = {
        "id": endpoint.pk,
        "shop": endpoint.shop.code,
        "url": endpoint.url,
        "types": endpoint.types,
        "description": endpoint.description,
        "is_active": endpoint.is_active,
        "stopped_why": endpoint.stopped_why or None,
        "failing_since": _moment(endpoint.failing_since),
        "previous_secret_until": _moment(endpoint.previous_until),
        "created_at": _moment(endpoint.created_at),
    }
    return body | ({"secret": endpoint.secret} if secret else {})


def delivery_as_json(delivery: WebhookDelivery) -> dict[str, Any]:
    """Give a message as callers get it."""
    return {
        "id": delivery.pk,
        "message_id": delivery.message_id,
        "type": delivery.topic,
        "number": delivery.subject_no or None,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "next_try_at": _moment(delivery.next_try_at),
        "answer_status": delivery.answer_status,
        "answer_text": delivery.answer_text or None,
        "error": delivery.error or None,
        "created_at": _moment(delivery.created_at),
        "finished_at": _moment(delivery.finished_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None
