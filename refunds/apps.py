"""Application configuration of `refunds`."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    """Names the app and its key type."""

    name = "refunds"
    default_auto_field = "django.db.models.BigAutoField"
