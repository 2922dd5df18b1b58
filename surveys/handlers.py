"""What is told of surveys to those outside. Each may hear the same news twice."""

from aftersales.core.models import OutboxEvent
from aftersales.core.webhooks.messages import Message
from surveys import selectors


def survey_message(event: OutboxEvent) -> Message:
    """Give the shop's front-end the address for the buyer, and later what he said (SAT-1)."""
    body = selectors.survey_told(event.subject_id)
    return Message(event.topic, body["survey_no"], body)
