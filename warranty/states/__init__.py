"""What is decided about warranty without a database: periods, and what is tried first."""

from .periods import (
    CONDITIONS,
    CategoryRules,
    Condition,
    Entitlement,
    RepairPeriod,
    SerialKind,
    Span,
    What,
    Why,
    add_months,
    entitlements,
    spans,
    why_of,
)
from .remedies import REMEDIES, Symptom

__all__ = [
    "CONDITIONS",
    "REMEDIES",
    "CategoryRules",
    "Condition",
    "Entitlement",
    "RepairPeriod",
    "SerialKind",
    "Span",
    "Symptom",
    "What",
    "Why",
    "add_months",
    "entitlements",
    "spans",
    "why_of",
]
