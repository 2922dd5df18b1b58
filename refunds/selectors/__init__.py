"""Requests, their files and their money as a person or program may see them. Nothing here writes."""

from .payment_documents import payment_document, payment_get_for, payment_list_for, payments_as_json
from .refunds import (
    refund_document,
    refund_document_for,
    refund_get_for,
    refund_list_for,
    refunds_as_json,
)

__all__ = [
    "payment_document",
    "payment_get_for",
    "payment_list_for",
    "payments_as_json",
    "refund_document",
    "refund_document_for",
    "refund_get_for",
    "refund_list_for",
    "refunds_as_json",
]
