"""The admin pages: shops, staff, API clients, calendar. Configuration only; no status, money or log is changed here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import ApiClient, ApiToken, CalendarDay, Deadline, LogEntry, OutboxEvent, PolicyVersion, Scope, Shop, User

admin.site.site_header = admin.site.site_title = _("After-sales configuration")
admin.site.unregister(Group)  # roles are code (core.auth), not rows


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that may be looked at here and changed nowhere by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators look."""
        return bool(request.user.is_active and request.user.is_staff)


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):
    """Shops and their default return address (RFD-4)."""

    list_display = ("name", "code")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Staff: a role each, and the shops that they see."""

    list_display = ("username", "display_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    filter_horizontal = ("shops",)
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email", "language")}),
        (_("Role"), {"fields": ("role", "shops", "is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "role", "shops", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")


class ApiClientForm(forms.ModelForm):
    """Scopes as a list of ticks."""

    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiClient
        fields = ("name", "shop", "acts_as", "scopes", "is_active")


class ApiTokenInline(admin.TabularInline):
    """The tokens of a client; they are made and rotated by `manage.py api_client`, which shows them once."""

    model = ApiToken
    fields = ("hint", "created_at", "expires_at", "revoked_at", "last_used_on")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tokens are not typed in."""
        return False


@admin.register(ApiClient)
class ApiClientAdmin(admin.ModelAdmin):
    """Programs that call the REST interface."""

    form = ApiClientForm
    list_display = ("name", "shop", "acts_as", "is_active")
    inlines = (ApiTokenInline,)


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """Working days of mainland China; corrected here when the State Council changes them."""

    list_display = ("day", "is_workday", "name", "source")
    list_filter = ("is_workday",)
    date_hierarchy = "day"


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """Every version of every figure; new ones are made on the policies page, never rewritten."""

    list_display = ("key", "shop", "effective_at", "value", "created_at")
    list_filter = ("key",)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """The append-only log."""

    list_display = ("at", "subject_type", "action", "from_status", "to_status", "actor_name")
    list_filter = ("subject_type",)
    show_full_result_count = False


@admin.register(Deadline)
class DeadlineAdmin(ReadOnlyAdmin):
    """What acts by itself, and what failed to."""

    list_display = ("due_at", "rule", "subject_type", "action", "status", "late_by", "error")
    list_filter = ("status", "rule")
    show_full_result_count = False


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    """News and whether it was told."""

    list_display = ("created_at", "topic", "attempts", "delivered_at", "error")
    list_filter = ("topic",)
    show_full_result_count = False
