"""Settings of automatic assignment: whether a shop has it, how much an agent takes, what a ticket weighs (TKT-1)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.errors import Text
from aftersales.core.policies.kinds import HOUR, PolicyDefinition

GROUP = _("Assignment of tickets")
MINUTE = 60


def _weight(name: str, default: int, label: Text) -> PolicyDefinition:
    key = f"assign.weight.{name}"
    return PolicyDefinition(key, "integer", default, ("TKT-1",), GROUP, label, minimum=0, maximum=100)


ASSIGNING: tuple[PolicyDefinition, ...] = (
    PolicyDefinition(
        "assign.automatic",
        "boolean",
        False,
        ("TKT-1",),
        GROUP,
        _("Give tickets that nobody owns to agents who are present"),
        _("The most urgent first, to whoever can do it and has the least in hand."),
    ),
    PolicyDefinition(
        "assign.most_open",
        "integer",
        30,
        ("TKT-1",),
        GROUP,
        _("An agent is given no more while he has so many open tickets"),
        _("A figure of his own goes before it. By hand more can be given."),
        minimum=1,
        maximum=1_000,
    ),
    PolicyDefinition(
        "assign.away_after",
        "duration",
        15 * MINUTE,
        ("TKT-1",),
        GROUP,
        _("Without a sign of life an agent is away after"),
        _("Only the figure for all shops counts. The next sign of life brings him back."),
        minimum=2 * MINUTE,
        maximum=8 * HOUR,
    ),
    _weight("urgent", 8, _("What an urgent ticket weighs")),
    _weight("high", 4, _("What a ticket of high priority weighs")),
    _weight("normal", 2, _("What a ticket of normal priority weighs")),
    _weight("low", 1, _("What a ticket of low priority weighs")),
    _weight("waiting", 1, _("What a ticket weighs while it waits for somebody else")),
)
