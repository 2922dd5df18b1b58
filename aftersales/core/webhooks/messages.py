"""From news to messages: a row for each endpoint that wants the type, with the object as it is at that moment."""

import fnmatch
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aftersales.core import clock
from aftersales.core.models import OutboxEvent, WebhookDelivery, WebhookEndpoint

PING = "ping"
FAMILIES = ("refund", "exchange", "dispute", "payout", "order", "ticket", "invoice", "complaint", "service", "survey")
_TYPE = re.compile(rf"\*|(?:{'|'.join(FAMILIES)})\.(?:\*|[a-z_]{{1,30}})")


@dataclass(frozen=True, slots=True)
class Message:
    """What a builder makes of an event: its type, the object's number, and the object as callers get it."""

    type: str
    number: str
    data: dict[str, Any]


Builder = Callable[[OutboxEvent], Message]
_builders: dict[str, Builder] = {}


def describe(subject_type: str, builder: Builder) -> None:
    """Say how an event about a kind of object becomes a message. Called from the wiring, once each."""
    _builders[subject_type] = builder


def is_type(pattern: str) -> bool:
    """Tell whether an endpoint may ask for this: `*`, `refund.*`, `refund.agreed`."""
    return _TYPE.fullmatch(pattern) is not None


def wants(types: Sequence[str], topic: str) -> bool:
    """Tell whether an endpoint with these types gets a message of this one; a ping goes to everybody."""
    return topic == PING or any(fnmatch.fnmatchcase(topic, pattern) for pattern in types)


def queue(event: OutboxEvent) -> None:
    """Queue what an event has to say for every endpoint of its shop; hearing it twice changes nothing."""
    endpoints = list(WebhookEndpoint.objects.filter(shop_id=event.shop_id, is_active=True))
    builder = _builders.get(event.subject_type)
    if not endpoints or builder is None:
        return
    message = builder(event)
    rows = [
        delivery(endpoint, f"msg_{event.pk}", message, event.subject_type, event.subject_id, event.created_at)
        for endpoint in endpoints
        if wants(endpoint.types, message.type)
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def delivery(
    endpoint: WebhookEndpoint, message_id: str, message: Message, subject_type: str, subject_id: int, at: Any
) -> WebhookDelivery:
    """Make the row of one message for one endpoint, not yet stored."""
    body = {"type": message.type, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": message.data}
    now = clock.now()
    return WebhookDelivery(
        endpoint=endpoint,
        message_id=message_id,
        topic=message.type,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_no=message.number,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        since=now,
        next_try_at=now,
        created_at=now,
    )
