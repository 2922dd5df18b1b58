"""What the worker does for the figures."""

from celery import shared_task

from . import services


@shared_task
def figures_fold() -> None:
    """Fold what has changed into the figures (RPT-1)."""
    services.figures_fold_all()
