"""What the database itself refuses of feedback: a status without a log row, a case whose item changes, a report that is
rewritten; and the views by which cases are checked (SAT-2, I3, I4)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

STAYS = """
CREATE FUNCTION feedback_case_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.case_no, NEW.shop_id, NEW.order_id, NEW.item_id, NEW.reason, NEW.origin, NEW.created_at)
     IS DISTINCT FROM
     (OLD.case_no, OLD.shop_id, OLD.order_id, OLD.item_id, OLD.reason, OLD.origin, OLD.created_at) THEN
    RAISE EXCEPTION 'feedback case %: item and reason stay', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER feedback_case_stays BEFORE UPDATE ON feedback_feedbackcase
  FOR EACH ROW EXECUTE FUNCTION feedback_case_stays();
"""
NO_STAYS = """
DROP TRIGGER feedback_case_stays ON feedback_feedbackcase;
DROP FUNCTION feedback_case_stays();
"""

KEPT = """
CREATE TRIGGER feedback_feedbackreport_no_rewrite BEFORE UPDATE OR DELETE ON feedback_feedbackreport
  FOR EACH ROW EXECUTE FUNCTION core_text_is_only_erased('created_at', 'page_says', 'came');
CREATE TRIGGER feedback_feedbackreport_no_truncate BEFORE TRUNCATE ON feedback_feedbackreport
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
NOT_KEPT = """
DROP TRIGGER feedback_feedbackreport_no_truncate ON feedback_feedbackreport;
DROP TRIGGER feedback_feedbackreport_no_rewrite ON feedback_feedbackreport;
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_feedback": (
        "I3: No feedback case leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.subject_type = 'feedback' AND l.from_status = 'closed' AND l.from_status <> l.to_status
""",
    ),
    "invariant_i4_feedback": (
        "I4: Every feedback case is in the state and version of its last log row.",
        """
SELECT 'feedback' AS subject_type, c.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', c.status, c.version, l.to_status, l.version) AS detail
FROM feedback_feedbackcase c LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'feedback' AND e.subject_id = c.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM c.version OR l.to_status IS DISTINCT FROM c.status
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

    dependencies = [("feedback", "0001_feedback"), ("core", "0009_records_are_erased")]
    operations = [
        migrations.RunSQL(*guard_status("feedback_feedbackcase", "feedback", ["closed"])),
        migrations.RunSQL(STAYS, NO_STAYS),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
