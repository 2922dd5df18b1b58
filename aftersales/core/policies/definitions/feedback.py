"""Settings of feedback cases beside threshold and window: share, time to answer, days of the effect (SAT-2)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.policies.kinds import DAY, HOUR, PolicyDefinition

from .figures import FEEDBACK as GROUP

RULES = ("SAT-2",)

FEEDBACK: tuple[PolicyDefinition, ...] = (
    PolicyDefinition(
        "feedback.least_share",
        "integer",
        1,
        RULES,
        GROUP,
        _("They are at least so many of a hundred units sold in that time"),
        minimum=0,
        maximum=100,
    ),
    PolicyDefinition(
        "feedback.answer_within",
        "duration",
        7 * DAY,
        RULES,
        GROUP,
        _("Goods and design answer a feedback case within"),
        minimum=HOUR,
        maximum=90 * DAY,
    ),
    PolicyDefinition(
        "feedback.effect_days",
        "integer",
        30,
        RULES,
        GROUP,
        _("Days before and after an answer whose rates are compared"),
        minimum=1,
        maximum=180,
    ),
)
