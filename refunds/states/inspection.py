"""What the warehouse can say of goods that came back: what was looked at, what hurt them, where they go (RET-2)."""

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
