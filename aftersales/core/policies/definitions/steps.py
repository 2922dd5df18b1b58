"""How soon the next step of a ticket is due, by its priority (TKT-1)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.errors import Text
from aftersales.core.policies.kinds import DAY, HOUR, PolicyDefinition

from .figures import TICKETS


def _step_within(priority: str, default: int, label: Text) -> PolicyDefinition:
    """Define how soon the next step of a ticket is due unless somebody says otherwise."""
    help_text = _("What is proposed when a ticket is opened or comes back; whoever works on it sets another time.")
    key, rules = f"ticket.step_within.{priority}", ("TKT-1", "TKT-2")
    return PolicyDefinition(key, "duration", default, rules, TICKETS, label, help_text, HOUR // 2, 14 * DAY)


STEPS: tuple[PolicyDefinition, ...] = (
    _step_within("urgent", 2 * HOUR, _("Next step of an urgent ticket")),
    _step_within("high", 8 * HOUR, _("Next step of a ticket of high priority")),
    _step_within("normal", DAY, _("Next step of a ticket of normal priority")),
    _step_within("low", 3 * DAY, _("Next step of a ticket of low priority")),
)
