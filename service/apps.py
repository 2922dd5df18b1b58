"""Application configuration of `service`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    """Names the app and its key type."""

    name = "service"
    verbose_name = _("Service")
    default_auto_field = "django.db.models.BigAutoField"
