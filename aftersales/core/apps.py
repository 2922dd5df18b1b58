"""Application configuration of the core: known by all apps, knowing none."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """The core: people, transitions, deadlines, outbox, policies, calendar."""

    name = "aftersales.core"
    label = "core"
    verbose_name = _("People and rules")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of the calendar."""
        from . import checks  # noqa: F401
