"""What one side of a request puts to the other, and what came of it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from refunds.states import PROPOSAL, Kind, ProposalKind, ProposalStatus, Reason

from .refunds import Message, Refund


class Proposal(fsm_methods(PROPOSAL)):  # type: ignore[misc]
    """A typed proposal about one request (DEC-3, DIS-5). At most one is open; another one counters it."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="proposals")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text=_("within the request"))
    kind = models.CharField(_("kind"), max_length=10, choices=ProposalKind.choices)
    status = FSMField(_("status"), max_length=12, choices=ProposalStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    proposed_by = models.CharField(_("proposed by"), max_length=10, choices=Message.Side.choices)
    author_name = models.CharField(max_length=60)
    author_id = models.BigIntegerField(null=True, help_text=_("the person of the staff who proposed it"))
    to_kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, blank=True)
    to_reason = models.CharField(_("reason"), max_length=24, choices=Reason.choices, blank=True)
    offered_sku = models.CharField(_("offered instead"), max_length=120, blank=True, db_default="", default="")
    keeps_sale = models.BooleanField(
        _("keeps the sale"), db_default=False, default=False, help_text=_("an exchange instead of a return (DEC-5)")
    )
    amount_fen = models.PositiveBigIntegerField(_("amount"), null=True)
    text = models.TextField(_("text"), blank=True)
    due_at = models.DateTimeField(_("due"))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "number"], name="proposal_number"),
            models.UniqueConstraint(fields=["refund"], condition=Q(status="open"), name="one_open_proposal"),
            models.CheckConstraint(
                condition=Q(kind="amount", amount_fen__gt=0) | (~Q(kind="amount") & Q(amount_fen=None)),
                name="proposal_amount_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(keeps_sale=False, offered_sku="") | Q(kind="correct", to_kind=Kind.EXCHANGE),
                name="proposal_offers_an_exchange",
            ),
            models.CheckConstraint(
                condition=Q(keeps_sale=False) | Q(proposed_by="seller"), name="proposal_seller_keeps_sale"
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "created_at"], condition=Q(keeps_sale=True), name="proposal_keeping_the_sale"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} #{self.number} {self.kind}"

    def platform_due_at(self, rule: str) -> datetime | None:
        """Say until when it waits, which is its own."""
        moment: datetime = self.due_at
        return moment

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a proposal; a dispute is a time to propose."""
        return False
