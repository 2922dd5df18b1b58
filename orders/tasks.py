"""What the worker does for orders."""

from celery import shared_task

from .services import import_runs


@shared_task(soft_time_limit=560, time_limit=580)
def imports_run() -> None:
    """Import what was uploaded, one run a call; a run that is cut off says so and may be started again."""
    import_runs.import_next()
