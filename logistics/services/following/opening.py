"""Which numbers are to be followed: those of parcels that have one, each once, whatever the number of parcels."""

from datetime import datetime, timedelta

from django.db import connection

from aftersales.core import clock

LOOK_BACK = timedelta(days=30)
"""Parcels that were handed over longer ago are not followed any more."""
OVERLAP = 2_000
"""Keys below the newest known one that are looked at again, for rows are not committed in the order of their keys."""
MOST = 500
SHORTEST, LONGEST = 6, 32

_OPEN = """
INSERT INTO logistics_trackingsubscription AS known
  (tracking_no, carrier, carrier_found, parcel_id, state, ask_at, created_at, message)
SELECT DISTINCT ON (p.tracking_no) p.tracking_no, coalesce(lower(c.code), p.carrier), '', p.id,
  CASE WHEN good.yes THEN 'waiting' ELSE 'refused' END, CASE WHEN good.yes THEN %(now)s END, %(now)s,
  CASE WHEN good.yes THEN '' WHEN c.id IS NULL THEN %(unknown)s WHEN c.tracked_on_own_site THEN %(own_site)s
    ELSE %(length)s END
FROM logistics_parcel p
LEFT JOIN logistics_carrier c ON upper(c.code) = upper(p.carrier)
CROSS JOIN LATERAL (SELECT c.id IS NOT NULL AND NOT c.tracked_on_own_site
  AND length(p.tracking_no) BETWEEN %(shortest)s AND %(longest)s AS yes) good
LEFT JOIN logistics_trackingsubscription s ON s.tracking_no = p.tracking_no
WHERE p.tracking_no <> '' AND p.id > %(after)s AND p.shipped_at > %(since)s
  AND (s.id IS NULL OR (s.state = 'refused' AND p.id > s.parcel_id))
ORDER BY p.tracking_no, p.id DESC LIMIT %(most)s
ON CONFLICT (tracking_no) DO UPDATE SET carrier = EXCLUDED.carrier, parcel_id = EXCLUDED.parcel_id,
  state = EXCLUDED.state, ask_at = EXCLUDED.ask_at, message = EXCLUDED.message
  WHERE known.state = 'refused'
"""


def subscriptions_open(*, thorough: bool = False) -> int:
    """Note the numbers of new parcels as to be followed; give how many there were, at most `MOST` at a time.

    What no service follows (carriers tracked on their own site alone, unknown ones, numbers that are none) is noted as
    such, so that it is not looked at again; a later parcel with the same number and another carrier is another try.
    `thorough` looks at all parcels of the last weeks instead of the newest. Locks: nothing. LOG-1.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        after = 0
        if not thorough:
            cursor.execute("SELECT coalesce(max(parcel_id), 0) FROM logistics_trackingsubscription")
            after = max(int(cursor.fetchone()[0]) - OVERLAP, 0)
        given: dict[str, datetime | int | str] = {
            "now": now,
            "since": now - LOOK_BACK,
            "after": after,
            "most": MOST,
            "shortest": SHORTEST,
            "longest": LONGEST,
            "unknown": "carrier unknown",
            "own_site": "own site only",
            "length": "number too short or too long",
        }
        cursor.execute(_OPEN, given)
        return int(cursor.rowcount)
