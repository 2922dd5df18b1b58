"""Where refund and payment numbers come from, and the trigger that keeps the counts of the queue's tabs."""

from django.db import migrations

NUMBERS = "CREATE SEQUENCE refunds_refund_no; CREATE SEQUENCE refunds_payment_no;"
NO_NUMBERS = "DROP SEQUENCE refunds_payment_no; DROP SEQUENCE refunds_refund_no;"

TALLIES = """
CREATE FUNCTION refunds_tally_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO refunds_tally (shop_id, status, amount)
    SELECT shop_id, status, count(*) FROM added GROUP BY shop_id, status;
  RETURN NULL;
END $$;
CREATE FUNCTION refunds_tally_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO refunds_tally (shop_id, status, amount)
    SELECT shop_id, status, sum(n) FROM (
      SELECT shop_id, status, 1 AS n FROM added UNION ALL SELECT shop_id, status, -1 FROM removed
    ) change GROUP BY shop_id, status HAVING sum(n) <> 0;
  RETURN NULL;
END $$;
CREATE FUNCTION refunds_tally_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO refunds_tally (shop_id, status, amount)
    SELECT shop_id, status, -count(*) FROM removed GROUP BY shop_id, status;
  RETURN NULL;
END $$;
CREATE TRIGGER refunds_tally_insert AFTER INSERT ON refunds_refund
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refunds_tally_inserted();
CREATE TRIGGER refunds_tally_update AFTER UPDATE ON refunds_refund
  REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION refunds_tally_updated();
CREATE TRIGGER refunds_tally_delete AFTER DELETE ON refunds_refund
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION refunds_tally_deleted();
"""
NO_TALLIES = """
DROP TRIGGER refunds_tally_delete ON refunds_refund;
DROP TRIGGER refunds_tally_update ON refunds_refund;
DROP TRIGGER refunds_tally_insert ON refunds_refund;
DROP FUNCTION refunds_tally_deleted();
DROP FUNCTION refunds_tally_updated();
DROP FUNCTION refunds_tally_inserted();
"""


class Migration(migrations.Migration):
    """Sequences and the tally triggers."""

    dependencies = [("refunds", "0002_status_guards")]
    operations = [migrations.RunSQL(NUMBERS, NO_NUMBERS), migrations.RunSQL(TALLIES, NO_TALLIES)]
