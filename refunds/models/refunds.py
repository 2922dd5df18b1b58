"""The request and what belongs to it: lines, versions, messages, disputes, payments; its parcels stand beside it."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from aftersales.core.finding import SearchWords
from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from orders.models import Order, OrderLine
from refunds.states import (
    DISPUTE,
    GOODS_KINDS,
    OPEN_EXCHANGES,
    OPEN_STATES,
    PAYMENT,
    REFUND,
    UNDECIDED,
    DisputeStatus,
    ExchangeStatus,
    GoodsStatus,
    Kind,
    PaymentStatus,
    Phase,
    Reason,
)
from refunds.states import RefundStatus as Status
from refunds.states.exchange import ReplacementTrouble
from refunds.states.words import Flow, RefusalReason

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When something happens that nothing makes happen."""
STATUSES = [*Status.choices, *ExchangeStatus.choices]
"""A request's statuses, of every kind."""
FILTERED = ("kind", "reason", "in_dispute", "amount_fen")
"""What the queue is filtered by."""


class Refund(fsm_methods(REFUND)):  # type: ignore[misc]
    """A request of a buyer: for money, with or without the goods coming back, or for goods (exchange, reship)."""

    refund_no = models.CharField(_("refund number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    status = FSMField(_("status"), max_length=40, choices=STATUSES, protected=True)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    goods_status = models.CharField(_("goods status"), max_length=16, choices=GoodsStatus.choices)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices)
    flow = models.CharField(_("flow"), max_length=16, choices=Flow.choices)
    fast = models.BooleanField(_("short deadline"), default=False, help_text=_("seven-day or virtual goods (TMO-3)"))
    reason = models.CharField(_("reason"), max_length=24, choices=Reason.choices)
    description = models.TextField(_("description"), blank=True)
    amount_fen = models.PositiveBigIntegerField(_("amount"), help_text=_("lines and postage"))
    postage_fen = models.PositiveBigIntegerField(_("of which postage"), default=0)
    refunded_fen = models.PositiveBigIntegerField(_("refunded"), default=0)
    attempt = models.PositiveIntegerField(_("application number"), default=1, help_text=_("of the same lines (APP-9)"))
    refusals = models.PositiveIntegerField(_("refusals"), default=0)
    refused_as = models.CharField(_("refused as"), max_length=24, choices=RefusalReason.choices, blank=True)
    void_result = models.CharField(_("warehouse's answer"), max_length=16, blank=True)
    in_dispute = models.BooleanField(_("platform steps in"), default=False)
    return_address = models.JSONField(_("return address"), default=dict, blank=True)
    return_by_surface = models.BooleanField(default=False)
    goods_sent_back = models.BooleanField(_("goods sent back"), default=False)
    received_at = models.DateTimeField(_("goods received"), null=True)
    marked_overdue = models.BooleanField(_("refund overdue"), default=False)
    ships_first = models.BooleanField(
        _("replacement goes first"), db_default=False, default=False, help_text=_("promised to an urgent buyer (EXC-4)")
    )
    difference_fen = models.BigIntegerField(
        _("price difference"), db_default=0, default=0, help_text=_("above nothing the buyer pays it (AMT-5)")
    )
    difference_settled = models.BooleanField(_("difference settled"), db_default=False, default=False)
    replacement_trouble = models.CharField(
        _("replacement not with the buyer"),
        max_length=8,
        choices=ReplacementTrouble.choices,
        blank=True,
        db_default="",
        default="",
    )
    negotiating = models.BooleanField(db_default=False, default=False, help_text=_("a proposal is open (DEC-3)"))
    turned_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="turned_into"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_refunds"
    )
    created_at = models.DateTimeField(_("applied"))
    updated_at = models.DateTimeField(_("updated"))
    finished_at = models.DateTimeField(_("ended"), null=True)
    due_at = models.DateTimeField(_("due"), null=True, help_text=_("the nearest open deadline, for the queue"))
    due_action = models.CharField(max_length=32, blank=True)
    due_against_shop = models.BooleanField(default=False)
    due_paused = models.BooleanField(default=False)
    urgent_at = models.GeneratedField(
        expression=Case(
            When(Q(due_at=None) | Q(due_paused=True), then=Value(NEVER)),
            default=F("due_at"),
        ),
        output_field=models.DateTimeField(),
        db_persist=True,
        help_text=_("what the queue is sorted by: when something happens by itself, or the end of time"),
    )
    settlement = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text=_("how bundles and gifts were settled when it was asked (AMT-3)"),
    )
    summary = models.CharField(_("goods"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(condition=Q(refunded_fen__lte=F("amount_fen")), name="refund_within_amount"),
            models.CheckConstraint(condition=Q(postage_fen__lte=F("amount_fen")), name="refund_postage_within_amount"),
            models.CheckConstraint(
                condition=~Q(status="SUCCESS") | Q(refunded_fen=F("amount_fen")), name="refund_success_is_paid"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(GOODS_KINDS), status__in=ExchangeStatus.values, amount_fen=0)
                | (~Q(kind__in=sorted(GOODS_KINDS)) & ~Q(status__in=ExchangeStatus.values)),
                name="refund_status_of_its_kind",
            ),
        ]
        indexes = [
            # Behind the order of the queue stands what it is filtered by, so that rows are passed over in the index.
            models.Index(fields=["shop", "status", "urgent_at", "id", *FILTERED], name="refund_queue"),
            models.Index(fields=["status", "urgent_at", "id", *FILTERED], name="refund_queue_of_all"),
            models.Index(
                fields=["urgent_at", "id", *FILTERED], condition=Q(status__in=OPEN_STATES), name="refund_urgent"
            ),
            models.Index(fields=["urgent_at", "id"], condition=Q(in_dispute=True), name="refund_disputed"),
            models.Index(
                fields=["urgent_at", "id", *FILTERED], condition=Q(status__in=OPEN_EXCHANGES), name="refund_exchange"
            ),
            models.Index(fields=["-id"], condition=Q(kind__in=sorted(GOODS_KINDS)), name="refund_goods"),
            models.Index(fields=["shop", "status", "-id"], name="refund_status"),
            models.Index(fields=["shop", "updated_at", "id"], name="refund_updated"),
            models.Index(fields=["shop", "-id"], name="refund_recent"),
            models.Index(
                fields=["assignee", "urgent_at", "id", "status", *FILTERED],
                condition=Q(status__in=OPEN_STATES),
                name="refund_mine",
            ),
        ]

    def __str__(self) -> str:
        return self.refund_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the platform's own deadline for `rule`, where the order carries one."""
        given: datetime | None = self.order.platform_due_at(rule)
        return given

    def pauses(self, rule: str) -> bool:
        """Every deadline of the request stands still during a dispute (TMO-16)."""
        return bool(self.in_dispute)

    def note_deadline(self, row: dict[str, Any] | None) -> None:
        """Keep the nearest deadline on the row, so that the queue can sort by it."""
        self.due_at = row["due_at"] if row else None
        self.due_action = row["action"] if row else ""
        self.due_against_shop = bool(row and row["against_shop"])
        self.due_paused = bool(row and row["remaining"] is not None)

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen to it."""
        return self.status not in REFUND.terminal

    @property
    def wants_goods(self) -> bool:
        """Whether it is answered with goods, not with money."""
        return self.kind in GOODS_KINDS


class RefundLine(models.Model):
    """Units of an order line that a request asks money for. One open request a line (APP-7), by the database.

    One of no units only gives back what was held back on the line, since the rest of its bundle comes back (AMT-3).
    """

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField(_("quantity"))
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    takes_units = models.BooleanField(default=True, help_text=_("the units come back or never arrived"))
    held_fen = models.BigIntegerField(
        db_default=0, default=0, help_text=_("held back on the line from now on; below nothing: let go (AMT-3)")
    )
    is_open = models.BooleanField(default=True)
    exchange_sku = models.CharField(_("wanted instead"), max_length=120, blank=True, db_default="", default="")
    exchange_price_fen = models.PositiveBigIntegerField(
        _("price of the new goods"), null=True, help_text=_("of one unit, as agreed; none: as paid (AMT-5)")
    )

    class Meta:
        verbose_name = _("line of a request")
        verbose_name_plural = _("lines of requests")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order_line"], condition=Q(is_open=True), name="one_open_request_per_line"),
            models.UniqueConstraint(fields=["refund", "order_line"], name="line_once_per_request"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(held_fen__lt=0, takes_units=False, is_open=False),
                name="line_of_no_units_lets_go",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.order_line_id} ×{self.quantity}"


class RefundVersion(models.Model):
    """What the buyer asked for, each time that he asked or modified (APP-8)."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    asked = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of a request")
        verbose_name_plural = _("versions of requests")
        constraints = [models.UniqueConstraint(fields=["refund", "number"], name="refund_version_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.refund_id} v{self.number}"


class Message(models.Model):
    """What the two sides (or the platform) wrote on a request."""

    class Side(models.TextChoices):
        """Who speaks."""

        BUYER = "buyer", _("Buyer")
        SELLER = "seller", _("Seller")
        PLATFORM = "platform", _("Platform")
        SYSTEM = "system", _("System")

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=Side.choices)
    author_name = models.CharField(max_length=60)
    text = models.TextField(_("text"), blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        indexes = [GinIndex(SearchWords("text"), name="message_words")]

    def __str__(self) -> str:
        return self.text[:40]


class Dispute(fsm_methods(DISPUTE)):  # type: ignore[misc]
    """The platform's intervention in a request (DIS-1). At most one is undecided."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="disputes")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    status = FSMField(_("status"), max_length=20, choices=DisputeStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    requested_by = models.CharField(max_length=10, choices=Message.Side.choices)
    text = models.TextField(_("text"), blank=True)
    decision_text = models.TextField(_("decision"), blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    buyer_evidence_until = models.DateTimeField(null=True)
    seller_evidence_until = models.DateTimeField(null=True)
    decision_due_at = models.DateTimeField(null=True, help_text=_("the platform's time is over then (TMO-12)"))
    is_overdue = models.BooleanField(db_default=False, default=False)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["refund"], condition=Q(status__in=UNDECIDED), name="one_undecided_dispute")
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.status}"

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the moments that the dispute itself keeps: the end of the evidence, and of the platform's time."""
        if rule == "TMO-12":
            decided_by: datetime | None = self.decision_due_at
            return decided_by
        sides = [moment for moment in (self.buyer_evidence_until, self.seller_evidence_until) if moment is not None]
        return max(sides, default=None)

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a dispute."""
        return False


class RefundPayment(fsm_methods(PAYMENT)):  # type: ignore[misc]
    """The money of one agreed request: written before anything is sent, and again when it is known what came of it."""

    payment_no = models.CharField(_("payment number"), max_length=32, unique=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="payments")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    status = FSMField(_("status"), max_length=10, choices=PaymentStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    gateway = models.CharField(_("gateway"), max_length=16)
    unmoved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reported as not moved by"),
    )
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    failure = models.CharField(_("failure"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=64, blank=True, help_text=_("the provider's word for the failure"))
    attempt = models.PositiveSmallIntegerField(default=0, help_text=_("how often it was sent, with one number"))
    sent_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(default=0, help_text=_("how often was asked what came of it"))
    ask_at = models.DateTimeField(null=True, help_text=_("when it is asked next what came of it"))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("refund payment")
        verbose_name_plural = _("refund payments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["refund"], name="one_payment_per_refund"),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(settled_at__isnull=False) & ~Q(reference="")),
                name="payment_done_has_reference",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_has_amount"),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="payment_status"),
            models.Index(fields=["ask_at", "id"], condition=Q(ask_at__isnull=False), name="payment_to_ask"),
        ]

    def __str__(self) -> str:
        return self.payment_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Payments have no deadlines of the platform's."""
        return None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a payment."""
        return False


class Tally(models.Model):
    """How many requests of a shop are in a status, as a sum of small changes.

    A trigger appends what each statement changed, so that nobody waits for a counter's row; a job sums rows up.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=40)
    amount = models.IntegerField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        indexes = [models.Index(fields=["shop", "status"], include=["amount"], name="tally_sum")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.status} {self.amount:+d}"
