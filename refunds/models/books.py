"""The books: every movement of money as a balanced pair of entries that nobody can change (PAY-9, I6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from orders.models import Order

from .payouts import Payout
from .refunds import RefundPayment


class LedgerEntry(models.Model):
    """One side of a movement. The entries of a movement add up to nothing; the database sees to it at the commit.

    `account` is `given:…` for what a buyer got (by purpose), `provider:…` for where it was taken from; `bank:recovered`
    for what came back, `carrier:…` for who paid it (CLM-4).
    """

    movement = models.CharField(max_length=40, help_text="payment:<key>, payout:<key> or claim:<key>")
    account = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField(_("amount"), help_text=_("above zero where it went"))
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(RefundPayment, null=True, on_delete=models.PROTECT, related_name="entries")
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT, related_name="entries")
    number = models.CharField(_("number"), max_length=64, help_text=_("under which the provider knows it"))
    reference = models.CharField(_("reference"), max_length=64)
    booked_at = models.DateTimeField(_("booked"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["movement", "account"], name="entry_once"),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="entry_has_amount"),
        ]
        indexes = [
            models.Index(fields=["account", "booked_at", "id"], name="entry_of_day"),
            models.Index(fields=["number"], name="entry_number"),
        ]

    def __str__(self) -> str:
        return f"{self.movement} {self.account} {self.amount_fen:+d}"
