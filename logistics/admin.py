"""Carriers on the admin pages: configuration, edited by administrators."""

from django.contrib import admin

from aftersales.core.auth import configurable

from .models import Carrier

configurable("logistics.carrier")


@admin.register(Carrier)
class CarrierAdmin(admin.ModelAdmin):
    """Names, number formats and hotlines of carriers (LOG-1)."""

    list_display = ("name", "code", "surface", "tracked_on_own_site", "phone", "is_active")
    list_filter = ("is_active", "surface")
    search_fields = ("name", "code")
