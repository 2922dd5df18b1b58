"""What the orders app makes of its news: the message that a shop's front-end gets."""

from aftersales.core import masking
from aftersales.core.auth import Actor
from aftersales.core.models import OutboxEvent
from aftersales.core.webhooks.messages import Message

from .selectors import order_document


def order_message(event: OutboxEvent) -> Message:
    """Tell of an order what `GET /orders/…` gives the shop, with the receiver masked: messages are kept (LAW-7)."""
    body = order_document(Actor.front_end(event.shop_id), event.subject_id)
    receiver = body["receiver"]
    body["receiver"] = receiver | {
        "name": masking.mask_name(receiver["name"]),
        "phone": masking.mask_phone(receiver["phone"]),
        "address": masking.mask_address(receiver["address"]),
    }
    return Message(event.topic, body["order_no"], body)
