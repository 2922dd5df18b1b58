"""Application configuration of `orders`."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Names the app and its key type."""

    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"
