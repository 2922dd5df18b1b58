"""The core's tables, one file a concern."""

from .calendar import CalendarDay
from .jobs import Job
from .ledger import ConsistencyCheck, Deadline, Erasure, IdempotencyRecord, LogEntry, OutboxEvent
from .people import ApiClient, ApiToken, Role, Scope, Shop, User
from .policies import PolicyVersion
from .webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiClient",
    "ApiToken",
    "CalendarDay",
    "ConsistencyCheck",
    "Deadline",
    "Erasure",
    "IdempotencyRecord",
    "Job",
    "LogEntry",
    "OutboxEvent",
    "PolicyVersion",
    "Role",
    "Scope",
    "Shop",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
