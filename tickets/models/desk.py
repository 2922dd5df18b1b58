"""The workbench's own tables: things somebody must do, news for a member of staff, and who saw a buyer unmasked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Role, Shop
from orders.models import Order
from refunds.models import Refund


class TaskKind(models.TextChoices):
    """What has to be done."""

    CHECK_TRACKING = "check_tracking", _("Ask the buyer about the return's tracking number")
    CHASE_VOID = "chase_void", _("Urgent: refunded before the warehouse answered; the goods must not leave")
    GOODS_GONE = "goods_gone", _("Urgent: refunded, and the goods have left all the same; stop the parcel")
    OFFER_INTERVENTION = "offer_intervention", _("Refused three times: the platform may be asked to step in")
    PAYMENT_FAILED = "payment_failed", _("The refund payment failed: make it good another way")
    PAYOUT_FAILED = "payout_failed", _("The payout failed: correct it, or send it again")
    PAYOUT_LATE = "payout_late", _("The payout is late: the buyer was promised it by now")
    NOT_ARRIVED = "not_arrived", _("The buyer says the refund is not there: ask the provider")
    RETURN_MISSING = "return_missing", _("The replacement went first and the return has not come: talk to the buyer")
    RETURN_FAILED = "return_failed", _("The replacement went first and what came back is unfit: talk to the buyer")
    FOLLOW_RETURN = "follow_return", _("The replacement went first: follow the return until it is here")
    REMIND_RECEIPT = "remind_receipt", _("The replacement is there: ask the buyer to confirm receipt of the order")
    REPLACEMENT_LOST = (
        "replacement_lost",
        _("The replacement did not reach the buyer: tell him, send it again or refund, then claim"),
    )
    DECISION_OVERDUE = "decision_overdue", _("The platform has not decided in time: ask")
    GUIDED_IN_VAIN = (
        "guided_in_vain",
        _("The buyer did not correct the request as asked: decide it, refusing is advised"),
    )
    CHECK_HANDOVER = "check_handover", _("No scan yet: has the carrier got the parcel?")
    ASK_CARRIER = "ask_carrier", _("Ask the carrier about a parcel")
    ASK_WAREHOUSE = "ask_warehouse", _("Undeliverable: can the parcel be sent again by post?")
    FOLLOW_TRANSFER = "follow_transfer", _("The carrier hands a parcel to the post: follow it")
    RESEND_BY_POST = "resend_by_post", _("An undeliverable parcel comes back: send it again by post")
    FOLLOW_RECALL = "follow_recall", _("A parcel was called back: follow it until it is here")
    SHIP_FASTER = "ship_faster", _("The buyer wants a faster carrier: ship with it")
    MISSING_COUNT = "missing_count", _("Goods were not in a parcel: count the stock, look at the packing")
    MISSING_ANSWER = "missing_answer", _("Goods were not in a parcel: tell the buyer what was found, and settle it")
    MISSING_PHOTOS = "missing_photos", _("Stolen on the way: get photos of box and goods, then claim")
    MISSING_CARRIER = "missing_carrier", _("Stolen on the way: settle it with the warehouse and the carrier")
    PACK_GIFT = "pack_gift", _("Promised to the buyer: put the gift into the parcel")
    CLAIM_LATE = "claim_late", _("The courier claim is late: take it on, or ask the carrier")
    CLAIM_REJECTED = "claim_rejected", _("The carrier rejected the claim: submit it again with proof, or give it up")
    REVERSE_INVOICE = "reverse_invoice", _("Money went back after the invoice: reverse it, and issue the rest anew")
    ANSWER_COMPLAINT = "answer_complaint", _("A complaint is to be answered: reply before its time is over")
    LOW_MARK = "low_mark", _("A buyer gave a low mark: find out why and put it right")
    SERVICE_LATE = "service_late", _("Nobody has been with the buyer of a faulty article in time: call him")
    SERVICE_INVOICE = "service_invoice", _("The buyer paid for a repair and wants an invoice: issue it")
    FEEDBACK_LATE = "feedback_late", _("Goods and design have not answered a feedback case in time: ask them")
    REFUND_OVERDUE = "refund_overdue", _("Goods are back and the refund is overdue")
    PROMISE = "promise", _("Promised to the buyer")


class Task(models.Model):
    """Something that a role must do about a request by a time; red when it was not.

    What was promised to a buyer on a ticket is one too, as often as something is promised (TKT-4).
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="tasks")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.CASCADE, related_name="tasks")
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(_("kind"), max_length=24, choices=TaskKind.choices)
    role = models.CharField(_("for"), max_length=12, choices=Role.choices)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "kind"], condition=Q(done_at=None, ticket=None), name="one_open_task_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(done_at=None, refund=None, ticket=None),
                name="one_open_task_of_an_order",
            ),
        ]
        indexes = [models.Index(fields=["role", "due_at", "id"], condition=Q(done_at=None), name="task_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class Notification(models.Model):
    """News for one member of staff, until read (TMO-17)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    event_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["user", "event_id"], name="notified_once"),
            models.CheckConstraint(
                condition=Q(refund__isnull=False, ticket=None) | Q(refund=None, ticket__isnull=False),
                name="notified_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="notification_unread")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic}"


class Disclosure(models.Model):
    """One look of a member of staff at a buyer's unmasked name, phone and address, and why (LAW-7).

    Append-only by trigger, like the log.
    """

    class Reason(models.TextChoices):
        """Why the full data was needed."""

        CALL = "call", _("To phone the buyer")
        PARCEL = "parcel", _("To find or address a parcel")
        MATCH = "match", _("To match a return or an order")
        COMPLAINT = "complaint", _("For a complaint or a dispute")
        OTHER = "other", _("Another reason")

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="disclosures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=60)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("disclosure of personal data")
        verbose_name_plural = _("disclosures of personal data")
        indexes = [models.Index(fields=["user", "-created_at"], name="disclosure_by_user")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.order_id}"
