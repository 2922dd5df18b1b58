"""Shops, staff users and API clients: who may act. What they may do stands in the edge tables and in `core.auth`."""

from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The staff roles of domain.md §1. The other kinds of actor (buyer, platform, system) are no users."""

    AGENT = "agent", _("Agent")
    WAREHOUSE = "warehouse", _("Warehouse")
    FINANCE = "finance", _("Finance")
    SUPERVISOR = "supervisor", _("Supervisor")
    GOODS = "goods", _("Goods department")
    ADMIN = "admin", _("Administrator")


class Scope(models.TextChoices):
    """What an API token may be used for (api.md, Ground rules)."""

    ORDERS_WRITE = "orders:write", "orders:write"
    REFUNDS_READ = "refunds:read", "refunds:read"
    REFUNDS_WRITE = "refunds:write", "refunds:write"
    EVIDENCE_WRITE = "evidence:write", "evidence:write"
    WEBHOOKS_WRITE = "webhooks:write", "webhooks:write"
    STAFF = "staff", "staff"


def _asked(backend: Any, question: str, *args: Any) -> bool:
    return hasattr(backend, question) and bool(getattr(backend, question)(*args))


class Shop(models.Model):
    """A shop of the platform. Every order, request and API client belongs to exactly one."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    return_address = models.JSONField(
        _("default return address"),
        default=dict,
        blank=True,
        help_text=_("name, phone, region, address: what a buyer is told when a return is agreed (RFD-4, TMO-4)"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A member of staff with one role. Without shops of his own he sees all of them."""

    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.AGENT)
    display_name = models.CharField(_("name shown"), max_length=40, blank=True)
    shops = models.ManyToManyField(Shop, verbose_name=_("shops"), blank=True, related_name="staff")
    language = models.CharField(_("language"), max_length=8, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Ask the backends, for superusers too: nobody is above the domain's permissions (PAY-5)."""
        return bool(self.is_active and any(_asked(backend, "has_perm", self, perm, obj) for backend in get_backends()))

    def has_module_perms(self, app_label: str) -> bool:
        """Ask the backends, for superusers too."""
        return bool(
            self.is_active and any(_asked(backend, "has_module_perms", self, app_label) for backend in get_backends())
        )


class ApiClient(models.Model):
    """A program that calls the REST interface: a shop's front-end, or one that acts as a named member of staff."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    shop = models.ForeignKey(Shop, verbose_name=_("shop"), null=True, blank=True, on_delete=models.PROTECT)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes"), default=list)
    acts_as = models.ForeignKey(
        User, verbose_name=_("acts as"), null=True, blank=True, on_delete=models.PROTECT, related_name="api_clients"
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        constraints = [
            models.CheckConstraint(
                name="api_client_is_shop_or_staff",
                condition=models.Q(shop__isnull=False, acts_as__isnull=True)
                | models.Q(shop__isnull=True, acts_as__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A bearer token of a client, kept only as SHA-256; several may be valid while one is rotated."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8, help_text=_("the last characters, to recognise it"))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"…{self.hint}"
