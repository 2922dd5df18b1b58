"""Application configuration of `logistics`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    """Names the app and its key type."""

    name = "logistics"
    verbose_name = _("Parcels")
    default_auto_field = "django.db.models.BigAutoField"
