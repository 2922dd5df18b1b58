"""The Celery app: how tasks are found and hold their database connection. What runs when stands in the settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

app = Celery("aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery's Django fixup closes the database connection around every task unless it is told how often a connection may be
# reused; it looks for exactly this name. Dead connections are dropped by the receiver below instead.
app.conf.CELERY_DB_REUSE_MAX = 10**9


@task_prerun.connect
def drop_dead_connections(task: Any = None, **kwargs: Any) -> None:
    """Do before a task what Django does before a request: forget connections that broke or grew too old."""
    from django.db import close_old_connections

    if not task.request.is_eager:
        close_old_connections()


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Leave logging to the settings; Celery replaces the root logger unless this signal has a receiver."""
