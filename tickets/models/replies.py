"""Ready words of a team or of one's own, who changed them, and how often each is used (TKT-3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop


class ReplyCategory(models.TextChoices):
    """Which part of a reply the words are, in the order in which a reply is written."""

    OPENING = "opening", _("Opening")
    APOLOGY = "apology", _("Apology")
    EXPLANATION = "explanation", _("Explanation")
    SOLUTION = "solution", pgettext_lazy("canned reply", "Solution")
    CLOSING = "closing", _("Closing")


class ReplySituation(models.TextChoices):
    """What the case is about."""

    GENERAL = "general", pgettext_lazy("canned reply", "Any case")
    NOT_SHIPPED = "not_shipped", _("Not shipped yet")
    VOID_FAILED = "void_failed", _("Could not be stopped")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    RETURN = "return", pgettext_lazy("canned reply", "Return")
    EXCHANGE = "exchange", pgettext_lazy("canned reply", "Exchange")
    GUIDE = "guide", _("Ask to correct the request")
    REFUSE = "refuse", pgettext_lazy("canned reply", "Refusal")
    EVIDENCE = "evidence", _("Ask for evidence")
    REFUND = "refund", _("Where the money is")
    POSTAGE = "postage", _("Return postage")
    PRICE = "price", _("Price difference")
    LOGISTICS = "logistics", _("Parcel")
    MISSING = "missing", _("Goods missing")
    GIFT = "gift", _("Gift")
    QUALITY = "quality", _("Faulty goods")
    WARRANTY = "warranty", _("Warranty and repair")
    INVOICE = "invoice", _("Invoice")
    COMPLAINT = "complaint", _("Complaint")
    PROMISE = "promise", _("Promise, call-back")


class CannedReply(models.Model):
    """Ready words; with `actions` a macro. Every change leaves a `CannedReplyVersion` in the same transaction.

    Without an owner they are a team's: of one shop, or of all. With a `default_key` they stand in for the words that
    come with the program, for that shop or for all, in that language.
    """

    default_key = models.CharField(max_length=60, blank=True)
    shop = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_replies"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    category = models.CharField(_("part of the reply"), max_length=12, choices=ReplyCategory.choices)
    situation = models.CharField(_("situation"), max_length=16, choices=ReplySituation.choices)
    shortcut = models.CharField(_("shortcut"), max_length=20, blank=True)
    title = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("words"), max_length=1500, blank=True)
    actions = models.JSONField(default=list, blank=True, help_text=_("what a macro does beside its words"))
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("changed"))
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(default_key="") | Q(owner=None), name="canned_reply_replaces_for_a_team_only"
            ),
            models.CheckConstraint(condition=~Q(text="") | ~Q(actions=[]), name="canned_reply_does_something"),
            models.UniqueConstraint(
                fields=["default_key", "language", "shop"],
                condition=~Q(default_key=""),
                nulls_distinct=False,
                name="canned_reply_replaces_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_macro(self) -> bool:
        """Whether it does something beside its words."""
        return bool(self.actions)

    @property
    def key(self) -> str:
        """Name it among all ready words, those of the program included."""
        return f"own-{self.pk}"


class CannedReplyVersion(models.Model):
    """Ready words as somebody left them; append-only by trigger."""

    reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text=_("the fields by name"))
    created_at = models.DateTimeField(_("changed"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of a canned reply")
        verbose_name_plural = _("versions of canned replies")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["reply", "number"], name="canned_reply_version_once")]

    def __str__(self) -> str:
        return f"{self.reply_id} v{self.number}"


class ReplyUse(models.Model):
    """How often one person sent some ready words: a row of his own, so that nobody waits for a colleague's count."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    uses = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("use of ready words")
        verbose_name_plural = _("uses of ready words")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="reply_use_once_a_person")]

    def __str__(self) -> str:
        return f"{self.key} ×{self.uses}"
