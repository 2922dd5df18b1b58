"""What service does when goods are signed for, and what is told of sheets outside. Each may hear news twice."""

from aftersales.core.models import OutboxEvent
from aftersales.core.webhooks.messages import Message
from orders.models import Order
from service import services
from service.selectors import documents


def order_was_signed(event: OutboxEvent) -> None:
    """Open the service files of what has a warranty (SVC-1)."""
    services.files_open_for(Order.objects.select_related("shop").get(pk=event.subject_id))


def service_message(event: OutboxEvent) -> Message:
    """Tell the shop's front-end how a repair stands, what was quoted, and which terms wait to be accepted (SVC-2)."""
    body = documents.sheet_told(event.subject_id)
    return Message(event.topic, body["sheet_no"], body)
