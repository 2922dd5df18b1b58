"""What the worker does for orders."""

from celery import shared_task

from aftersales.core.models import Shop

from .services import erasing, import_runs


@shared_task(soft_time_limit=560, time_limit=580)
def imports_run() -> None:
    """Import what was uploaded, one run a call; a run that is cut off says so and may be started again."""
    import_runs.import_next()


@shared_task
def records_erase() -> None:
    """Forget whose the trades were that are older than records are kept (LAW-7)."""
    for shop in Shop.objects.order_by("pk"):
        while erasing.records_erase(shop=shop).orders:
            continue
