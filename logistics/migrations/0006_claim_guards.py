"""What the database itself refuses of claims: a status without a log row, a stamp that is not finance's, money that is
not in the books; and the views by which a claim is checked (CLM-2, CLM-4, I3, I4, I6)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

STAMP = """
CREATE FUNCTION logistics_claim_is_stamped_by_finance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.stamped_by_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.stamped_by_id IS DISTINCT FROM NEW.stamped_by_id)
     AND NOT EXISTS (SELECT 1 FROM core_user u WHERE u.id = NEW.stamped_by_id AND u.is_active
                     AND u.role = 'finance') THEN
    RAISE EXCEPTION 'claim %: % may not stamp', NEW.id, NEW.stamped_by_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_claim_is_stamped_by_finance BEFORE INSERT OR UPDATE ON logistics_claim
  FOR EACH ROW EXECUTE FUNCTION logistics_claim_is_stamped_by_finance();
"""
NO_STAMP = """
DROP TRIGGER logistics_claim_is_stamped_by_finance ON logistics_claim;
DROP FUNCTION logistics_claim_is_stamped_by_finance();
"""

# What left the house stays as it was, and so does what was claimed of which parcel.
STAYS = """
CREATE FUNCTION logistics_claim_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.claim_no, NEW.shop_id, NEW.order_id, NEW.parcel_id, NEW.carrier, NEW.tracking_no)
       IS DISTINCT FROM (OLD.claim_no, OLD.shop_id, OLD.order_id, OLD.parcel_id, OLD.carrier, OLD.tracking_no)
     OR (OLD.submitted_at IS NOT NULL AND (NEW.amount_fen, NEW.cause) IS DISTINCT FROM (OLD.amount_fen, OLD.cause))
  THEN
    RAISE EXCEPTION 'claim %: what it is about stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_claim_stays BEFORE UPDATE ON logistics_claim
  FOR EACH ROW EXECUTE FUNCTION logistics_claim_stays();

CREATE FUNCTION logistics_claimline_is_of_its_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM logistics_claim c JOIN orders_orderline l ON l.order_id = c.order_id
                 WHERE c.id = NEW.claim_id AND c.parcel_id = NEW.parcel_id AND l.id = NEW.order_line_id
                   AND NEW.quantity <= l.quantity) THEN
    RAISE EXCEPTION 'claim %: goods of another parcel or order, or too many', NEW.claim_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_claimline_is_of_its_parcel BEFORE INSERT OR UPDATE OF claim_id, parcel_id, order_line_id, quantity
  ON logistics_claimline FOR EACH ROW EXECUTE FUNCTION logistics_claimline_is_of_its_parcel();
"""
NO_STAYS = """
DROP TRIGGER logistics_claimline_is_of_its_parcel ON logistics_claimline;
DROP FUNCTION logistics_claimline_is_of_its_parcel();
DROP TRIGGER logistics_claim_stays ON logistics_claim;
DROP FUNCTION logistics_claim_stays();
"""

BOOKED = """
CREATE FUNCTION logistics_claim_is_booked() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF (SELECT sum(amount_fen) FILTER (WHERE account = 'bank:recovered') FROM refunds_ledgerentry
      WHERE movement = 'claim:' || NEW.id) IS DISTINCT FROM NEW.recovered_fen THEN
    RAISE EXCEPTION 'claim %: what was recovered is not in the books', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER logistics_claim_is_booked AFTER INSERT OR UPDATE ON logistics_claim
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'paid') EXECUTE FUNCTION logistics_claim_is_booked();
"""
NOT_BOOKED = """
DROP TRIGGER logistics_claim_is_booked ON logistics_claim;
DROP FUNCTION logistics_claim_is_booked();
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_claims": (
        "I3: No claim leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.from_status <> l.to_status AND l.subject_type = 'claim'
  AND l.from_status IN ('paid', 'written_off', 'withdrawn')
""",
    ),
    "invariant_i4_claims": (
        "I4: Every claim is in the state and version of its last log row.",
        """
SELECT 'claim' AS subject_type, c.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', c.status, c.version, l.to_status, l.version) AS detail
FROM logistics_claim c LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'claim' AND e.subject_id = c.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM c.version OR l.to_status IS DISTINCT FROM c.status
""",
    ),
    "invariant_i6_claims": (
        "I6: What carriers paid for claims is in the books, exactly and once.",
        """
SELECT 'claim' AS subject_type, c.id AS subject_id, NULL::timestamptz AS since,
       format('%s, ¥%s, booked ¥%s', c.status, c.recovered_fen, e.came) AS detail
FROM logistics_claim c LEFT JOIN LATERAL (
  SELECT sum(amount_fen) FILTER (WHERE account = 'bank:recovered') AS came, sum(amount_fen) AS rest
  FROM refunds_ledgerentry WHERE movement = 'claim:' || c.id) e ON TRUE
WHERE coalesce(e.came, 0) <> c.recovered_fen OR coalesce(e.rest, 0) <> 0
   OR (c.status = 'paid') <> (c.recovered_fen > 0)
""",
    ),
    "invariant_claims": (
        "CLM: A claim has goods of its parcel, and they stand in the way of another exactly while it stands.",
        """
SELECT 'claim' AS subject_type, c.id AS subject_id, NULL::timestamptz AS since,
       format('%s, %s lines, %s of them exclusive', c.status, l.count, l.exclusive) AS detail
FROM logistics_claim c LEFT JOIN LATERAL (
  SELECT count(*) AS count, count(*) FILTER (WHERE exclusive) AS exclusive,
         count(*) FILTER (WHERE parcel_id <> c.parcel_id) AS strange
  FROM logistics_claimline WHERE claim_id = c.id) l ON TRUE
WHERE l.count = 0 OR l.strange > 0
   OR l.exclusive <> CASE WHEN c.status IN ('written_off', 'withdrawn') THEN 0 ELSE l.count END
""",
    ),
}


def _create(name: str, sentence: str, body: str) -> str:
    said = sentence.replace("'", "''")
    return f"CREATE VIEW {name} AS {body};\nCOMMENT ON VIEW {name} IS '{said}';"


FORWARD = "\n".join(_create(name, sentence, body) for name, (sentence, body) in VIEWS.items())
BACKWARD = "\n".join(f"DROP VIEW {name};" for name in VIEWS)


class Migration(migrations.Migration):
    """Triggers and views."""

    dependencies = [("logistics", "0005_claims"), ("core", "0002_log_guards"), ("refunds", "0011_books")]
    operations = [
        migrations.RunSQL(*guard_status("logistics_claim", "claim", ["paid", "written_off", "withdrawn"])),
        migrations.RunSQL(STAMP, NO_STAMP),
        migrations.RunSQL(STAYS, NO_STAYS),
        migrations.RunSQL(BOOKED, NOT_BOOKED),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
