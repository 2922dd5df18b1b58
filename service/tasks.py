"""What service does by night (SAT-3)."""

from celery import shared_task

from service import services


@shared_task
def warranties_ending() -> int:
    """Put buyers on the call list whose warranty ends soon."""
    return services.warranties_ending()
