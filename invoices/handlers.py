"""What is told of invoices to those outside. Each may hear the same news twice."""

from aftersales.core.models import OutboxEvent
from aftersales.core.webhooks.messages import Message
from invoices import selectors


def invoice_message(event: OutboxEvent) -> Message:
    """Tell the shop's front-end how an invoice stands, and the words for the buyer once it is issued (INV-1)."""
    body = selectors.invoice_told(event.subject_id)
    if event.topic == "invoice.told":
        body["reply"] = event.payload.get("text", "")
    return Message(event.topic, body["request_no"], body)
