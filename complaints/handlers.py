"""What is told of complaints to those outside. Each may hear the same news twice."""

from aftersales.core.models import OutboxEvent
from aftersales.core.webhooks.messages import Message
from complaints import selectors


def complaint_message(event: OutboxEvent) -> Message:
    """Tell the shop's front-end how a complaint stands and what was replied (CMP-1)."""
    body = selectors.complaint_told(event.subject_id)
    return Message(event.topic, body["complaint_no"], body)
