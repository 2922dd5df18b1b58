"""Buyers, orders, their lines and notes: what the shop front-end registers, and what was given back of it."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.finding import SearchWords
from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from orders.states import ORDER, OrderStatus, Shipping


class Buyer(models.Model):  # type: ignore[django-manager-missing]
    """A buyer as one shop knows him."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    buyer_id = models.CharField(_("buyer id"), max_length=64)
    nick = models.CharField(_("nick"), max_length=64)
    level = models.CharField(_("member level"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [models.UniqueConstraint(fields=["shop", "buyer_id"], name="buyer_of_shop")]
        indexes = [
            models.Index(fields=["shop", "nick"], name="buyer_nick"),
            models.Index(OpClass("nick", name="varchar_pattern_ops"), name="buyer_nick_beginning"),
        ]

    def __str__(self) -> str:
        return self.nick


class PaymentChannel(models.TextChoices):
    """How the buyer paid, which decides where a refund lands (ORD-4, ARR-1)."""

    BALANCE = "balance", _("Balance")
    QUICKPAY_DEBIT = "quickpay_debit", _("Quick pay, debit card")
    QUICKPAY_CREDIT = "quickpay_credit", _("Quick pay, credit card")
    ONLINE_BANK = "online_bank", _("Online bank")
    CREDIT_CARD = "credit_card", _("Credit card")
    OTHER = "other", _("Other")


class Flag(models.TextChoices):
    """The coloured flags of the seller centre (ORD-5); yellow means that something is owed to the buyer."""

    NONE = "none", _("No flag")
    GREY = "grey", _("Grey")
    RED = "red", _("Red")
    YELLOW = "yellow", _("Yellow")
    GREEN = "green", _("Green")
    BLUE = "blue", _("Blue")
    PURPLE = "purple", _("Purple")


class Order(fsm_methods(ORDER)):  # type: ignore[misc]
    """A trade. Its row is the lock of everything below it: requests and payments are changed under it (AMT-2)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order_no = models.CharField(_("order number"), max_length=64)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="orders")
    status = FSMField(_("status"), max_length=32, choices=OrderStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    escrow = models.BooleanField(_("escrow"), default=True)
    payment_channel = models.CharField(
        _("payment channel"), max_length=16, choices=PaymentChannel.choices, default=PaymentChannel.OTHER
    )
    shipping = models.CharField(_("shipping"), max_length=8, choices=Shipping.choices, default=Shipping.COURIER)
    freight_insurance = models.BooleanField(_("return-freight insurance"), default=False)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))
    paid_at = models.DateTimeField(_("paid"), null=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    signed_at = models.DateTimeField(_("signed for"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    paid_fen = models.PositiveBigIntegerField(pgettext_lazy("amount", "paid"))
    postage_fen = models.PositiveBigIntegerField(_("postage"), default=0)
    promised_fen = models.PositiveBigIntegerField(default=0, help_text=_("agreed to be given back, not yet paid out"))
    refunded_fen = models.PositiveBigIntegerField(default=0, help_text=_("given back"))
    postage_given_fen = models.PositiveBigIntegerField(default=0, help_text=_("postage promised or given back"))
    open_requests = models.PositiveIntegerField(default=0)
    aftersale_applied = models.BooleanField(default=False, help_text=_("an aftersale refund was applied for (APP-10)"))
    is_late = models.BooleanField(default=False, help_text=_("not shipped in time (TMO-15)"))
    aftersale_ended = models.BooleanField(default=False, help_text=_("the aftersale window is over (TMO-8)"))
    erased_at = models.DateTimeField(null=True, help_text=_("who bought it is no longer known here (LAW-7)"))
    platform_deadlines = models.JSONField(default=dict, blank=True, help_text=_("the platform's own moments, by rule"))
    receiver_name = models.CharField(_("receiver"), max_length=60, blank=True)
    receiver_phone = models.CharField(_("phone"), max_length=24, blank=True)
    receiver_phone_tail = models.CharField(max_length=4, blank=True)
    receiver_region = models.CharField(_("region"), max_length=120, blank=True)
    receiver_address = models.CharField(_("address"), max_length=300, blank=True)
    seller_memo = models.TextField(_("seller's memo"), blank=True)
    seller_flag = models.CharField(_("flag"), max_length=8, choices=Flag.choices, default=Flag.NONE)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["shop", "order_no"], name="order_no_of_shop"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=F("promised_fen") + F("refunded_fen")), name="order_never_over_refunded"
            ),
            models.CheckConstraint(
                condition=Q(postage_given_fen__lte=F("postage_fen")), name="order_postage_never_over_refunded"
            ),
            models.CheckConstraint(condition=Q(postage_fen__lte=F("paid_fen")), name="order_postage_within_paid"),
        ]
        indexes = [
            models.Index(fields=["shop", "receiver_phone_tail"], name="order_phone_tail"),
            models.Index(fields=["buyer", "-created_at"], name="order_buyer"),
            models.Index(fields=["shop", "updated_at", "id"], name="order_updated"),
            models.Index(fields=["order_no"], name="order_number"),
            models.Index(fields=["receiver_phone_tail", "-id"], name="order_phone_tail_of_all"),
        ]

    def __str__(self) -> str:
        return self.order_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the platform's own deadline for `rule`, where the order carries one (domain.md §17)."""
        given: Any = self.platform_deadlines.get(rule)
        return parse_datetime(given) if given else None

    def pauses(self, rule: str) -> bool:
        """The receiving period stands still while a request is open (ORD-6)."""
        return rule == "TMO-10" and self.open_requests > 0

    @property
    def left_fen(self) -> int:
        """What may still be given back, at the most (AMT-2)."""
        return self.paid_fen - self.promised_fen - self.refunded_fen


class OrderLine(models.Model):
    """A line with the share of the paid sum that is its own, fixed when the order is registered (ORD-2, AMT-1)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    line_no = models.CharField(_("line"), max_length=64)
    item_id = models.CharField(_("item"), max_length=64, blank=True)
    goods_no = models.CharField(_("goods number"), max_length=64, blank=True)
    title = models.CharField(_("title"), max_length=200)
    sku = models.CharField(_("sku"), max_length=120, blank=True)
    unit_price_fen = models.PositiveBigIntegerField(_("unit price"))
    quantity = models.PositiveIntegerField(_("quantity"))
    discount_fen = models.PositiveBigIntegerField(_("discount"), default=0)
    paid_share_fen = models.PositiveBigIntegerField(_("share paid"))
    bundle = models.CharField(_("bundle"), max_length=64, blank=True)
    bundle_from_fen = models.PositiveBigIntegerField(
        _("threshold"),
        db_default=0,
        default=0,
        help_text=_("the reduction holds while as much is kept; 0: all (AMT-3)"),
    )
    category = models.CharField(_("category"), max_length=40, blank=True)
    seven_day_return = models.BooleanField(_("seven-day return"), default=False)
    hot_seller = models.BooleanField(_("hot seller"), default=False)
    gift = models.BooleanField(_("gift"), default=False)
    special_offer = models.BooleanField(
        _("special offer"), db_default=False, default=False, help_text=_("member levels take nothing off it (ORD-8)")
    )
    serial_no = models.CharField(_("serial number"), max_length=40, blank=True)
    item_score = models.DecimalField(_("item score"), max_digits=3, decimal_places=1, null=True, blank=True)
    weight_g = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped"), default=False)
    promised_fen = models.PositiveBigIntegerField(default=0)
    refunded_fen = models.PositiveBigIntegerField(default=0)
    held_fen = models.PositiveBigIntegerField(
        db_default=0, default=0, help_text=_("held back for what is kept of the bundle, or a gift (AMT-3, LAW-3)")
    )
    returned_quantity = models.PositiveIntegerField(default=0, help_text=_("units promised or given back"))

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="line_no_of_order"),
            models.CheckConstraint(
                condition=Q(paid_share_fen__gte=F("promised_fen") + F("refunded_fen") + F("held_fen")),
                name="line_never_over_refunded",
            ),
            models.CheckConstraint(condition=Q(returned_quantity__lte=F("quantity")), name="line_never_over_returned"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_has_quantity"),
        ]
        indexes = [
            models.Index(fields=["item_id", "id"], condition=~Q(item_id=""), name="line_of_item"),
            GinIndex(SearchWords("title"), name="line_title_words"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left_fen(self) -> int:
        """What of the line's share is neither given back nor promised, nor held back (AMT-1, AMT-3)."""
        return self.paid_share_fen - self.promised_fen - self.refunded_fen - self.held_fen

    @property
    def quantity_left(self) -> int:
        """Units that have not been given back."""
        return self.quantity - self.returned_quantity


class OrderNote(models.Model):
    """A note and the flag set with it; never overwritten (ORD-5). A yellow one is a debt until made good."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"))
    flag = models.CharField(_("flag"), max_length=8, choices=Flag.choices, blank=True)
    author_kind = models.CharField(max_length=12)
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(_("made good"), null=True)
    settled_by = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("order note")
        verbose_name_plural = _("order notes")
        ordering = ["id"]
        indexes = [GinIndex(SearchWords("text"), name="order_note_words")]

    def __str__(self) -> str:
        return self.text[:40]
