"""The counts of the queue's tabs: many small changes, summed up now and then."""

from django.db import connection, transaction


def tallies_sum_up(*, limit: int = 20_000) -> int:
    """Fold tally rows into one for each shop and status; return how many rows were folded.

    Rows are taken with SKIP LOCKED and replaced in one transaction, so a reader always sees the same sums.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH taken AS (
              DELETE FROM refunds_tally WHERE id IN (
                SELECT id FROM refunds_tally ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
              ) RETURNING shop_id, status, amount
            ), kept AS (
              INSERT INTO refunds_tally (shop_id, status, amount)
                SELECT shop_id, status, sum(amount) FROM taken GROUP BY shop_id, status HAVING sum(amount) <> 0
            )
            SELECT count(*) FROM taken
            """,
            [limit],
        )
        return int(cursor.fetchone()[0])
