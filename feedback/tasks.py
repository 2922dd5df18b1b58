"""What feedback does by night (SAT-2)."""

from celery import shared_task

from feedback import services


@shared_task
def cases_find() -> int:
    """Open a case for what is over the threshold, and let further requests join."""
    return services.cases_find()


@shared_task
def cases_measure() -> int:
    """Store what came of the answers whose days are over."""
    return services.cases_measure()
