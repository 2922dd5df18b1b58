"""What the warehouse can say of goods that came back: what was looked at, what hurt them, where they go (RET-2)."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy


class Check(models.TextChoices):
    """What makes goods fit to be sold again; which of it is looked at depends on the category (a policy)."""

    TAGS = "tags", pgettext_lazy("inspection", "Tags on")
    CLEAN = "clean", pgettext_lazy("inspection", "Clean, not worn")
    SEALED = "sealed", pgettext_lazy("inspection", "Seal unbroken")
    UNUSED = "unused", pgettext_lazy("inspection", "Not activated")
    PACKAGING = "packaging", pgettext_lazy("inspection", "Packaging")
    ACCESSORIES = "accessories", pgettext_lazy("inspection", "Accessories")
    MANUAL = "manual", pgettext_lazy("inspection", "Manual")
    GIFTS = "gifts", pgettext_lazy("inspection", "Gifts")
    INVOICE = "invoice", pgettext_lazy("inspection", "Invoice")


class Damage(models.TextChoices):
    """What the damage comes from, as far as the bench can tell."""

    NONE = "", pgettext_lazy("inspection", "No damage")
    TRANSIT = "transit", pgettext_lazy("inspection", "In transit")
    MAKING = "making", pgettext_lazy("inspection", "A fault of the goods")
    BUYER = "buyer", pgettext_lazy("inspection", "By the buyer")
    UNKNOWN = "unknown", pgettext_lazy("inspection", "Cause unknown")


class Disposition(models.TextChoices):
    """Where the goods of a line go now."""

    RESTOCK = "restock", pgettext_lazy("inspection", "Back to stock")
    SECOND = "second", pgettext_lazy("inspection", "Second quality")
    SCRAP = "scrap", pgettext_lazy("inspection", "Scrap")
    BACK = "back", pgettext_lazy("inspection", "Back to the buyer")


class Finding(models.TextChoices):
    """What makes goods not intact, by name; which of it counts for which goods is a policy (LAW-1).

    The list is closed: that goods were unpacked or tried on is not in it, so that no shop can make it a ground (LAW-2).
    """

    TAGS_REMOVED = "tags_removed", pgettext_lazy("finding", "tags removed")
    WORN = "worn", pgettext_lazy("finding", "worn")
    WASHED = "washed", pgettext_lazy("finding", "washed")
    STAINED = "stained", pgettext_lazy("finding", "stained")
    ACTIVATED = "activated", pgettext_lazy("finding", "activated")
    SERIAL_CHANGED = "serial_changed", pgettext_lazy("finding", "another serial number or IMEI, or its seal broken")
    SCRATCHED = "scratched", pgettext_lazy("finding", "scratched")
    ACCESSORIES_MISSING = "accessories_missing", pgettext_lazy("finding", "accessories missing")
    SEAL_OPENED = "seal_opened", pgettext_lazy("finding", "seal of the contents opened")
    DAMAGED = "damaged", pgettext_lazy("finding", "damaged")
    PARTS_MISSING = "parts_missing", pgettext_lazy("finding", "parts missing")


SHOWS: dict[Finding, Check] = {
    Finding.TAGS_REMOVED: Check.TAGS,
    Finding.WORN: Check.CLEAN,
    Finding.WASHED: Check.CLEAN,
    Finding.STAINED: Check.CLEAN,
    Finding.ACTIVATED: Check.UNUSED,
    Finding.ACCESSORIES_MISSING: Check.ACCESSORIES,
    Finding.SEAL_OPENED: Check.SEALED,
}
"""The check that is not in order when something is found; it is not asked twice."""

NAMES: dict[Check, Finding] = {
    Check.TAGS: Finding.TAGS_REMOVED,
    Check.UNUSED: Finding.ACTIVATED,
    Check.ACCESSORIES: Finding.ACCESSORIES_MISSING,
    Check.SEALED: Finding.SEAL_OPENED,
}
"""The finding that a failed check is, where it is one and no other."""


def not_intact(row: Mapping[str, Any]) -> bool:
    """Say whether a line did not come back as it was sent: a finding, other goods, too few, damage by the buyer.

    Packaging, manual, gifts or invoice alone are not: a gift is settled by its price (LAW-3), unpacking by nothing.
    """
    return bool(
        row["findings"] or row["wrong_goods"] or row["found"] < row["expected"] or row["damage"] == Damage.BUYER
    )
