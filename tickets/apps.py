"""Application configuration of `tickets`."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Names the app and its key type."""

    name = "tickets"
    default_auto_field = "django.db.models.BigAutoField"
