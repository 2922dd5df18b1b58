"""Lists kept under a name: what is filtered, how it is sorted, which columns are shown."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop


class SavedView(models.Model):
    """A view of a list: a person's own, or of the team of one shop. Without a name: the columns of that person's list.

    `params` are the parameters of the list's address, each with all its values, so that a view is an address and
    whatever reads addresses reads it.
    """

    class List(models.TextChoices):
        """Which list it is a view of."""

        QUEUE = "queue", _("Refunds")
        TICKETS = "tickets", _("Tickets")

    listing = models.CharField(pgettext_lazy("view", "list"), max_length=10, choices=List.choices)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=30, blank=True)
    params = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=12), default=list, help_text=_("empty: as the person has them"))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("list", "saved view")
        verbose_name_plural = pgettext_lazy("list", "saved views")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, shop=None) | Q(owner=None, shop__isnull=False) & ~Q(name=""),
                name="view_is_own_or_of_a_team",
            ),
            models.UniqueConstraint(fields=["owner", "listing", "name"], name="own_view_once"),
            models.UniqueConstraint(fields=["shop", "listing", "name"], name="team_view_once"),
        ]

    def __str__(self) -> str:
        return self.name
