"""Taking a push: kept in one statement before it is answered, so that what was answered cannot be lost (LOG-6)."""

import hashlib
from datetime import timedelta
from typing import Literal

from django.db import connection

from aftersales.core import clock
from logistics.gateways import Push
from logistics.models import TrackingPush

KEEP = timedelta(days=30)
BATCH = 1_000
Taken = Literal["new", "repeated", "foreign"]

_TAKE = """
INSERT INTO logistics_trackingpush AS known
  (subscription_id, digest, body, received_at, due_at, repeats, tries, error)
SELECT id, %(digest)s, %(body)s, %(now)s, %(now)s, 0, 0, '' FROM logistics_trackingsubscription
WHERE tracking_no = %(number)s
ON CONFLICT (digest) DO UPDATE SET repeats = known.repeats + 1
RETURNING repeats
"""


def push_take(*, push: Push, body: str) -> Taken:
    """Keep a genuine push, once however often it comes; one about a number that is not ours is not kept.

    One statement outside of a transaction: when this returns, it is on disk. Locks: nothing. Emits: nothing.
    """
    digest = hashlib.sha256(body.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"digest": digest, "body": body, "number": push.number, "now": clock.now()})
        found = cursor.fetchone()
    if found is None:
        return "foreign"
    return "repeated" if found[0] else "new"


def pushes_expire() -> int:
    """Throw away pushes that were drained long ago, some at a time; give how many. Their scans stay with the parcel."""
    old = TrackingPush.objects.filter(drained_at__lt=clock.now() - KEEP).order_by("drained_at").values("pk")[:BATCH]
    gone, _each = TrackingPush.objects.filter(pk__in=old).delete()
    return gone
