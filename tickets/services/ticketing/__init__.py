"""Tickets: opened, planned, handed on, solved; led by a request where they belong to one (TKT)."""

from .following import ticket_follow
from .machine import TICKET
from .merging import ticket_merge
from .moving import ticket_close, ticket_plan, ticket_reopen, ticket_resolve, ticket_take_up, ticket_wait
from .noting import ticket_link, ticket_note, ticket_promise, ticket_reply
from .opening import About, ticket_open
from .owning import HandedOver, refund_assign, ticket_assign, tickets_hand_over

__all__ = [
    "TICKET",
    "About",
    "HandedOver",
    "refund_assign",
    "ticket_assign",
    "ticket_close",
    "ticket_follow",
    "ticket_link",
    "ticket_merge",
    "ticket_note",
    "ticket_open",
    "ticket_plan",
    "ticket_promise",
    "ticket_reopen",
    "ticket_reply",
    "ticket_resolve",
    "ticket_take_up",
    "ticket_wait",
    "tickets_hand_over",
]
