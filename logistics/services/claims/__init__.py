"""What changes courier claims: drafted, stamped, handed over, with the carrier, answered, paid (CLM)."""

from .drafting import LineClaim, claim_draft, claim_edit
from .following import (
    claim_accept,
    claim_appeal,
    claim_record_payment,
    claim_reject,
    claim_submit,
    claim_write_off,
)
from .machine import CLAIM
from .serving import claim_serve_buyer
from .stamping import Stamped, claim_hand_over, claim_stamp, claim_withdraw, claims_stamp

__all__ = [
    "CLAIM",
    "LineClaim",
    "Stamped",
    "claim_accept",
    "claim_appeal",
    "claim_draft",
    "claim_edit",
    "claim_hand_over",
    "claim_record_payment",
    "claim_reject",
    "claim_serve_buyer",
    "claim_stamp",
    "claim_submit",
    "claim_withdraw",
    "claim_write_off",
    "claims_stamp",
]
