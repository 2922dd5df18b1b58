"""Orders as a person or program may see them. Callers use `selectors.order_…`; nothing here writes."""

from .orders import order_document, order_document_for, order_get_for, order_list_for, orders_as_json
from .representing import deadline_as_json, moment

__all__ = [
    "deadline_as_json",
    "moment",
    "order_document",
    "order_document_for",
    "order_get_for",
    "order_list_for",
    "orders_as_json",
]
