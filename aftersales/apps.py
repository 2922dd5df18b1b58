"""The project as an app of its own: what must know everything is put together when all apps are there."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project: checks of the settings, and which handler listens to which event."""

    name = "aftersales"
    label = "project"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of the settings, name the Celery app that nudges go through, and wire the events."""
        from aftersales import celery, checks, wiring  # noqa: F401

        wiring.wire()
