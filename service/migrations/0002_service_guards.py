"""What the database itself refuses of service sheets: a status without a log row, what was reported changing, a
quotation or an acceptance that is rewritten; and the views by which they are checked (SVC, WAR-2, I3, I4)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

STAYS = """
CREATE FUNCTION service_sheet_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.sheet_no, NEW.shop_id, NEW.order_id, NEW.file_id, NEW.way, NEW.is_emergency, NEW.filed_by,
      NEW.created_at)
     IS DISTINCT FROM
     (OLD.sheet_no, OLD.shop_id, OLD.order_id, OLD.file_id, OLD.way, OLD.is_emergency, OLD.filed_by,
      OLD.created_at)
     OR (NEW.text <> OLD.text AND NOT (NEW.text = '—' AND OLD.created_at < now() - interval '3 years')) THEN
    RAISE EXCEPTION 'service sheet %: what was reported stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER service_sheet_stays BEFORE UPDATE ON service_servicesheet
  FOR EACH ROW EXECUTE FUNCTION service_sheet_stays();
"""
NO_STAYS = """
DROP TRIGGER service_sheet_stays ON service_servicesheet;
DROP FUNCTION service_sheet_stays();
"""
APPENDED = {
    "service_servicequote": "core_log_is_append_only()",
    "service_termsacceptance": "core_text_is_only_erased('accepted_at', 'accepted_by')",
}
"""Tables that are only added to; who accepted may be erased after its time (LAW-7)."""
APPEND_ONLY = "\n".join(
    f"""
CREATE TRIGGER {table}_no_rewrite BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {guard};
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
    for table, guard in APPENDED.items()
)
NOT_APPEND_ONLY = "\n".join(
    f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_no_rewrite ON {table};" for table in APPENDED
)

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_service": (
        "I3: No service sheet leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.subject_type = 'service' AND l.from_status IN ('archived', 'cancelled') AND l.from_status <> l.to_status
""",
    ),
    "invariant_i4_service": (
        "I4: Every service sheet is in the state and version of its last log row.",
        """
SELECT 'service' AS subject_type, s.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', s.status, s.version, l.to_status, l.version) AS detail
FROM service_servicesheet s LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'service' AND e.subject_id = s.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM s.version OR l.to_status IS DISTINCT FROM s.status
""",
    ),
    "invariant_service": (
        "SVC: Every service sheet that is quoted has its quotation, and none that is closed has an open dispatch.",
        """
SELECT 'service' AS subject_type, s.id AS subject_id, NULL::timestamptz AS since,
       format('%s, quoted %s, last quotation %s, open dispatches %s', s.status, s.quoted_fen, q.total_fen, d.many)
       AS detail
FROM service_servicesheet s
LEFT JOIN LATERAL (
  SELECT q.total_fen FROM service_servicequote q WHERE q.sheet_id = s.id ORDER BY q.id DESC LIMIT 1) q ON TRUE
CROSS JOIN LATERAL (
  SELECT count(*) AS many FROM service_servicedispatch d WHERE d.sheet_id = s.id AND d.done_at IS NULL) d
WHERE s.quoted_fen IS DISTINCT FROM q.total_fen
   OR (s.status IN ('archived', 'cancelled') AND d.many > 0)
   OR (s.engineer_id IS NOT NULL AND s.status NOT IN ('archived', 'cancelled') AND d.many = 0)
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

    dependencies = [("service", "0001_service"), ("core", "0009_records_are_erased"), ("orders", "0002_status_guards")]
    operations = [
        migrations.RunSQL(*guard_status("service_servicesheet", "service", ["archived", "cancelled"])),
        migrations.RunSQL(STAYS, NO_STAYS),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
