"""How soon a complaint is replied to where its source gives no time, and what an agent may settle (CMP-1)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.errors import Text
from aftersales.core.policies.kinds import PolicyDefinition

from .figures import TICKETS


def _within(source: str, default: int, most: int, label: Text) -> PolicyDefinition:
    """Define within how many working days a complaint of a source is replied to."""
    key = f"complaint.{source}_within"
    return PolicyDefinition(key, "workdays", default, ("CMP-1",), TICKETS, label, minimum=1, maximum=most)


COMPLAINTS: tuple[PolicyDefinition, ...] = (
    _within("platform", 3, 30, _("A complaint at the platform is replied to within")),
    _within("authority", 7, 7, _("A complaint at an authority (12315) is replied to within")),
    _within("hotline", 2, 30, _("A complaint by the hotline is replied to within")),
    _within("other", 3, 30, _("Another complaint is replied to within")),
    PolicyDefinition(
        "complaint.settlement_limit",
        "money",
        20_000,
        ("CMP-1",),
        TICKETS,
        _("An agent settles a complaint with at most"),
        _("Beyond that a supervisor does."),
        minimum=0,
        maximum=10_000_000,
    ),
)
