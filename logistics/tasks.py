"""What the worker does for the warehouse."""

from celery import shared_task

from . import services


@shared_task
def void_lists_make() -> None:
    """Submit the morning's void lists whose time has come (VOI-1)."""
    services.void_lists_make_due()
