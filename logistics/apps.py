"""Application configuration of `logistics`."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """Names the app and its key type."""

    name = "logistics"
    default_auto_field = "django.db.models.BigAutoField"
