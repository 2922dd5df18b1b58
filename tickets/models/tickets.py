"""Tickets: what a buyer brings, what was said and done about it, and what it is about (TKT)."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.finding import SearchWords
from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from complaints.models import Complaint
from invoices.models import Invoice
from logistics.models import Claim, Parcel
from orders.models import Order
from refunds.models import Payout, Refund
from tickets.states import ACTIVE, CATEGORIES, TICKET, Priority, TicketKind, TicketStatus, WaitingFor

STEP_LENGTH = 200


class Ticket(fsm_methods(TICKET)):  # type: ignore[misc]
    """One matter of a buyer. Nothing active rests without a next step, a time, and an owner or a request that leads it.

    With `refund` it is that request's ticket: owner, time and what it waits for are the request's own, copied when
    they change. Then `next_step` is the request's status, said in its words.
    """

    ticket_no = models.CharField(_("ticket number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tickets")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="ticket")
    status = FSMField(_("status"), max_length=12, choices=TicketStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(pgettext_lazy("ticket", "kind"), max_length=16, choices=TicketKind.choices)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority.choices)
    title = models.CharField(_("what the buyer brings"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="owned_tickets"
    )
    waiting_for = models.CharField(_("waiting for"), max_length=12, blank=True, choices=WaitingFor.choices)
    next_step = models.CharField(_("next step"), max_length=STEP_LENGTH, blank=True)
    due_at = models.DateTimeField(_("due"), null=True)
    is_late = models.BooleanField(_("late"), default=False)
    resolution = models.TextField(_("how it was solved"), blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="doubles")
    opened_by = models.CharField(_("opened by"), max_length=60)
    created_at = models.DateTimeField(_("opened"))
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=ACTIVE)
                | (~Q(next_step="") & Q(due_at__isnull=False) & (Q(owner__isnull=False) | Q(refund__isnull=False))),
                name="ticket_has_next_step_and_time",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", waiting_for__in=WaitingFor.values)
                | (~Q(status="waiting") & Q(waiting_for="")),
                name="ticket_waits_for_somebody",
            ),
            models.CheckConstraint(condition=~Q(status="resolved") | ~Q(resolution=""), name="ticket_solved_says_how"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(status="closed") & ~Q(merged_into=F("id"))),
                name="ticket_double_is_closed",
            ),
        ]
        # Behind the order of a list stands what it is filtered by, so that rows are passed over in the index.
        indexes = [
            models.Index(fields=["due_at", "id", "kind"], condition=Q(status__in=ACTIVE), name="ticket_active"),
            models.Index(
                fields=["shop", "due_at", "id", "kind"], condition=Q(status__in=ACTIVE), name="ticket_active_of_shop"
            ),
            models.Index(fields=["owner", "due_at", "id", "kind"], condition=Q(status__in=ACTIVE), name="ticket_mine"),
            models.Index(
                fields=["waiting_for", "due_at", "id", "kind"], condition=Q(status="waiting"), name="ticket_waiting"
            ),
            models.Index(
                fields=["due_at", "id", "kind"], condition=Q(is_late=True, status__in=ACTIVE), name="ticket_late"
            ),
            models.Index(fields=["-id"], condition=Q(status="resolved"), name="ticket_resolved"),
            models.Index(fields=["shop", "updated_at", "id"], name="ticket_updated"),
            GinIndex(SearchWords("title"), name="ticket_title_words"),
        ]

    def __str__(self) -> str:
        return self.ticket_no

    @property
    def is_active(self) -> bool:
        """Whether something is still to be done."""
        return self.status in ACTIVE

    @property
    def category(self) -> str:
        """To do, waiting or done."""
        return CATEGORIES[self.status]

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the moment that was set for the next step; only a solved ticket closes by the policy's figure."""
        return self.due_at if rule == "TKT-2" else None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a ticket: whoever is waited for has a time of his own."""
        return False


class TicketNote(models.Model):
    """Something said about a ticket: a note, a contact with the buyer, a reply, a hand-over. Append-only by trigger."""

    class Form(models.TextChoices):
        """What it is."""

        NOTE = "note", _("Note")
        PHONE = "phone", _("Phone call")
        CHAT = "chat", _("Chat")
        REPLY = "reply", _("Reply to the buyer")
        HAND_OVER = "hand_over", _("Hand-over")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    form = models.CharField(max_length=12, choices=Form.choices)
    text = models.TextField(_("text"))
    reached = models.BooleanField(_("reached"), default=True, help_text=_("of a contact: whether the buyer answered"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=60)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text=_("of a hand-over")
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ticket note")
        verbose_name_plural = _("ticket notes")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="ticket_note_says_something"),
            models.CheckConstraint(
                condition=Q(form="hand_over", to_user__isnull=False) | (~Q(form="hand_over") & Q(to_user=None)),
                name="ticket_hand_over_names_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-id"], condition=Q(form="hand_over"), name="ticket_handed_by"),
            models.Index(fields=["to_user", "-id"], condition=Q(form="hand_over"), name="ticket_handed_to"),
            GinIndex(SearchWords("text"), name="ticket_note_words"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.form}"


LINKED = ("refund", "parcel", "payout", "claim", "invoice", "complaint")
"""What a ticket may be about beside its order, in the order in which it is shown."""


class TicketLink(models.Model):
    """One thing that a ticket is about beside its order: exactly one of `LINKED` (TKT-1)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="+")
    parcel = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="+")
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("ticket link")
        verbose_name_plural = _("ticket links")
        constraints = [
            models.CheckConstraint(
                condition=Exact(
                    Func(
                        *(F(name) for name in ("refund", "parcel", "payout", "claim", "invoice", "complaint")),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="ticket_link_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["ticket", "refund"], condition=Q(refund__isnull=False), name="ticket_links_request_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "parcel"], condition=Q(parcel__isnull=False), name="ticket_links_parcel_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "payout"], condition=Q(payout__isnull=False), name="ticket_links_payout_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "claim"], condition=Q(claim__isnull=False), name="ticket_links_claim_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "invoice"], condition=Q(invoice__isnull=False), name="ticket_links_invoice_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "complaint"], condition=Q(complaint__isnull=False), name="ticket_links_complaint_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {next((name for name in LINKED if getattr(self, f'{name}_id')), '')}"
