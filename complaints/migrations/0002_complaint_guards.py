"""What the database itself refuses of complaints: a status without a log row, what was complained of changing, a reply
that is rewritten; and the views by which they are checked (CMP-1, I3, I4)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

STAYS = """
CREATE FUNCTION complaints_complaint_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.complaint_no, NEW.shop_id, NEW.order_id, NEW.source, NEW.problem, NEW.reference, NEW.text, NEW.filed_by,
      NEW.created_at)
     IS DISTINCT FROM
     (OLD.complaint_no, OLD.shop_id, OLD.order_id, OLD.source, OLD.problem, OLD.reference, OLD.text, OLD.filed_by,
      OLD.created_at) THEN
    RAISE EXCEPTION 'complaint %: what was complained of stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER complaints_complaint_stays BEFORE UPDATE ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION complaints_complaint_stays();
"""
NO_STAYS = """
DROP TRIGGER complaints_complaint_stays ON complaints_complaint;
DROP FUNCTION complaints_complaint_stays();
"""

REPLIES = """
CREATE TRIGGER complaints_complaintreply_no_rewrite BEFORE UPDATE OR DELETE ON complaints_complaintreply
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER complaints_complaintreply_no_truncate BEFORE TRUNCATE ON complaints_complaintreply
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
NO_REPLIES = """
DROP TRIGGER complaints_complaintreply_no_truncate ON complaints_complaintreply;
DROP TRIGGER complaints_complaintreply_no_rewrite ON complaints_complaintreply;
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_complaints": (
        "I3: No complaint leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.subject_type = 'complaint' AND l.from_status = 'closed' AND l.from_status <> l.to_status
""",
    ),
    "invariant_i4_complaints": (
        "I4: Every complaint is in the state and version of its last log row.",
        """
SELECT 'complaint' AS subject_type, c.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', c.status, c.version, l.to_status, l.version) AS detail
FROM complaints_complaint c LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'complaint' AND e.subject_id = c.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM c.version OR l.to_status IS DISTINCT FROM c.status
""",
    ),
    "invariant_complaints": (
        "CMP: Every complaint that was answered has its reply, and no other has one.",
        """
SELECT 'complaint' AS subject_type, c.id AS subject_id, NULL::timestamptz AS since,
       format('answered at %s, %s replies', c.answered_at, r.many) AS detail
FROM complaints_complaint c CROSS JOIN LATERAL (
  SELECT count(*) AS many FROM complaints_complaintreply r WHERE r.complaint_id = c.id) r
WHERE (c.answered_at IS NOT NULL) <> (r.many > 0)
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

    dependencies = [("complaints", "0001_complaints"), ("core", "0002_log_guards"), ("orders", "0002_status_guards")]
    operations = [
        migrations.RunSQL(*guard_status("complaints_complaint", "complaint", ["closed"])),
        migrations.RunSQL(STAYS, NO_STAYS),
        migrations.RunSQL(REPLIES, NO_REPLIES),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
