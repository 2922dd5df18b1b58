"""Settings of surveys and call-backs: who is asked, how long a link holds, when and how often he is called (SAT-1)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.errors import Text
from aftersales.core.policies.kinds import DAY, HOUR, PolicyDefinition

GROUP = _("Surveys")


def _asks(kind: str, label: Text) -> PolicyDefinition:
    return PolicyDefinition(f"survey.after_{kind}", "boolean", True, ("SAT-1",), GROUP, label)


def _time(
    name: str, default: int, label: Text, least: int, most: int, rules: tuple[str, ...] = ("SAT-1",)
) -> PolicyDefinition:
    return PolicyDefinition(f"survey.{name}", "duration", default, rules, GROUP, label, minimum=least, maximum=most)


def _count(name: str, default: int, label: Text, least: int, most: int) -> PolicyDefinition:
    return PolicyDefinition(f"survey.{name}", "integer", default, ("SAT-1",), GROUP, label, minimum=least, maximum=most)


SURVEYS: tuple[PolicyDefinition, ...] = (
    _asks("ticket", _("Ask the buyer after a ticket is solved")),
    _asks("request", _("Ask the buyer after a request has ended")),
    _asks("sheet", _("Call the buyer after an engineer's visit")),
    PolicyDefinition(
        "survey.before_warranty_ends", "boolean", True, ("SAT-3",), GROUP, _("Call the buyer before a warranty ends")
    ),
    _time("warranty_ends_in", 14 * DAY, _("He is called when it ends within"), DAY, 90 * DAY, ("SAT-3",)),
    _count("share", 100, _("Of a hundred tickets and requests so many are asked about"), 0, 100),
    _time("once_in", 30 * DAY, _("A buyer is asked once within"), 0, 365 * DAY),
    _time("expires_after", 14 * DAY, _("The link of a survey holds for"), DAY, 90 * DAY),
    _time("call_after", 3 * DAY, _("Who has not answered is called after"), HOUR, 60 * DAY),
    _time("call_within", 2 * DAY, _("The call is made within"), HOUR, 30 * DAY),
    _time("call_again", DAY, _("When nobody answers the phone, it is tried again after"), HOUR, 30 * DAY),
    _count("call_tries", 3, _("It is tried so often"), 1, 10),
    _count("low_mark", 2, _("A mark is low at or below"), 1, 4),
)
