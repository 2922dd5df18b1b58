"""Real threads on real connections that begin at the same moment.

`ROUNDS` can be raised by AFTERSALES_RACE_ROUNDS; the default keeps CI short.
"""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, connections, transaction

from aftersales.core import clock, errors
from aftersales.core.models import Deadline, LogEntry
from refunds.models import Refund

ROUNDS = int(os.environ.get("AFTERSALES_RACE_ROUNDS", "12"))
LONGEST_WAIT = "20s"


def race(**calls: Callable[[], Any]) -> dict[str, Any]:
    """Let everybody begin at the same moment, each in a transaction; give what came of each, result or refusal.

    Anything but a `Problem` fails: an IntegrityError, a deadlock or a timeout is no answer for a person.
    """
    start = threading.Barrier(len(calls))
    came: dict[str, Any] = {}

    def run(name: str, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
            start.wait(10)
            with transaction.atomic():
                came[name] = call()
        except Exception as error:
            came[name] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in calls.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert came.keys() == calls.keys(), "somebody never came back"
    wrong = {name: error for name, error in came.items() if isinstance(error, Exception) and not told(error)}
    assert not wrong, wrong
    return came


def told(result: Any) -> bool:
    """Whether it is a clean refusal."""
    return isinstance(result, errors.Problem)


def winners(came: dict[str, Any]) -> set[str]:
    """Who got through."""
    return {name for name, result in came.items() if not told(result)}


def make_due(*refunds: Refund) -> None:
    """Let the deadlines of requests be over."""
    rows = Deadline.objects.filter(subject_type="refund", subject_id__in=[refund.pk for refund in refunds])
    rows.filter(status="running").update(due_at=clock.now() - timedelta(seconds=1))
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).update(due_at=clock.now() - timedelta(seconds=1))


def left_first_state(refund: Refund) -> list[str]:
    """The log's steps that took a request out of the state in which it waits for the seller."""
    rows = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk, from_status="WAIT_SELLER_AGREE")
    return [row.action for row in rows.exclude(to_status="WAIT_SELLER_AGREE")]
