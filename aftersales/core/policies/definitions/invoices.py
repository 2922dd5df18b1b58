"""How soon an invoice goes on before it turns red (INV-1)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.errors import Text
from aftersales.core.policies.kinds import PolicyDefinition

from .figures import TICKETS


def _within(name: str, default: int, label: Text) -> PolicyDefinition:
    """Define after how many working days an invoice that has not gone on turns red."""
    key = f"invoice.{name}_within"
    return PolicyDefinition(key, "workdays", default, ("INV-1",), TICKETS, label, minimum=1, maximum=30)


INVOICES: tuple[PolicyDefinition, ...] = (
    _within("issued", 2, _("An invoice that finance has not issued turns red after")),
    _within("corrected", 1, _("A question of finance about an invoice that nobody answers turns red after")),
    _within("told", 1, _("An issued invoice that the buyer was not told turns red after")),
)
