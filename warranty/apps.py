"""Application configuration of `warranty`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarrantyConfig(AppConfig):
    """Names the app and its key type."""

    name = "warranty"
    verbose_name = _("Warranty")
    default_auto_field = "django.db.models.BigAutoField"
