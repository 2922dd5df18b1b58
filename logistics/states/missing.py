"""Words for goods and gifts that were not in the parcel: what is asked, what lies behind it, what is done (MIS)."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Intact(models.TextChoices):
    """Whether tape and box were whole when the buyer got the parcel (MIS-1)."""

    YES = "yes", pgettext_lazy("parcel", "Whole")
    NO = "no", pgettext_lazy("parcel", "Opened, taped again or with a hole")
    UNKNOWN = "unknown", pgettext_lazy("parcel", "The buyer does not know")


class MissingCause(models.TextChoices):
    """Why something was not there (MIS-2, MIS-3)."""

    WAREHOUSE_MISSED = "warehouse_missed", pgettext_lazy("missing", "Left out by the warehouse")
    THEFT = "theft", pgettext_lazy("missing", "Stolen on the way")
    NOT_SHORT = "not_short", pgettext_lazy("missing", "By the weights nothing is missing")
    UNCLEAR = "unclear", pgettext_lazy("missing", "Not clear yet")
    NEVER_NOTED = "never_noted", pgettext_lazy("missing", "Promised in chat, never noted")


class Settlement(models.TextChoices):
    """What the buyer gets (MIS-2, ORD-5)."""

    RESHIP = "reship", pgettext_lazy("missing", "Send it again")
    REFUND = "refund", pgettext_lazy("missing", "Refund it in agreement")
    NEXT_TIME = "next_time", pgettext_lazy("missing", "Add it to the next order")
    LOOK_INTO = "look_into", pgettext_lazy("missing", "Look into it, then answer")


REQUESTED = (Settlement.RESHIP, Settlement.REFUND)
"""Settled by a request in the buyer's name, which is agreed like any other."""
