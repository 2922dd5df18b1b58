"""What the database itself refuses of surveys: a status without a log row, a subject that changes, an answer or a call
that is rewritten; and the views by which they are checked (SAT-1, I3, I4)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

STAYS = """
CREATE FUNCTION surveys_survey_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.survey_no, NEW.code, NEW.shop_id, NEW.order_id, NEW.subject_kind, NEW.subject_no, NEW.agent_id, NEW.item_id,
      NEW.matter, NEW.expires_at, NEW.created_at)
     IS DISTINCT FROM
     (OLD.survey_no, OLD.code, OLD.shop_id, OLD.order_id, OLD.subject_kind, OLD.subject_no, OLD.agent_id, OLD.item_id,
      OLD.matter, OLD.expires_at, OLD.created_at) THEN
    RAISE EXCEPTION 'survey %: what was asked about stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER surveys_survey_stays BEFORE UPDATE ON surveys_survey
  FOR EACH ROW EXECUTE FUNCTION surveys_survey_stays();
"""
NO_STAYS = """
DROP TRIGGER surveys_survey_stays ON surveys_survey;
DROP FUNCTION surveys_survey_stays();
"""

APPENDED = {"surveys_surveyanswer": "comment", "surveys_surveycall": "note"}
"""Tables that are only added to, and the words in them that may be erased after their time (LAW-7)."""
KEPT = "".join(
    f"""
CREATE TRIGGER {table}_no_rewrite BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION core_text_is_only_erased('created_at', '{words}');
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
    for table, words in APPENDED.items()
)
NOT_KEPT = "".join(
    f"""
DROP TRIGGER {table}_no_truncate ON {table};
DROP TRIGGER {table}_no_rewrite ON {table};
"""
    for table in APPENDED
)

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_surveys": (
        "I3: No survey leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.subject_type = 'survey' AND l.from_status IN ('answered', 'closed') AND l.from_status <> l.to_status
""",
    ),
    "invariant_i4_surveys": (
        "I4: Every survey is in the state and version of its last log row.",
        """
SELECT 'survey' AS subject_type, s.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', s.status, s.version, l.to_status, l.version) AS detail
FROM surveys_survey s LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'survey' AND e.subject_id = s.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM s.version OR l.to_status IS DISTINCT FROM s.status
""",
    ),
    "invariant_surveys": (
        "SAT: Every survey that was answered has its marks, no other has any, and every call is counted.",
        """
SELECT 'survey' AS subject_type, s.id AS subject_id, NULL::timestamptz AS since,
       format('answered at %s with %s, %s tries and %s calls', s.answered_at, a.worst, s.tries, c.many) AS detail
FROM surveys_survey s
LEFT JOIN LATERAL (
  SELECT least(a.goods, a.attitude, a.speed, a.price) AS worst FROM surveys_surveyanswer a WHERE a.survey_id = s.id
) a ON TRUE
CROSS JOIN LATERAL (SELECT count(*) AS many FROM surveys_surveycall c WHERE c.survey_id = s.id) c
WHERE a.worst IS DISTINCT FROM s.lowest OR (s.answered_at IS NULL) <> (a.worst IS NULL) OR c.many <> s.tries
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

    dependencies = [("surveys", "0001_surveys"), ("core", "0009_records_are_erased"), ("orders", "0002_status_guards")]
    operations = [
        migrations.RunSQL(*guard_status("surveys_survey", "survey", ["answered", "closed"])),
        migrations.RunSQL(STAYS, NO_STAYS),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
