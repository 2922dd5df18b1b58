"""Where ticket numbers come from, notes that stay, and what must always hold of tickets (TKT-1, TKT-2)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

NUMBERS = "CREATE SEQUENCE tickets_ticket_no;"
NO_NUMBERS = "DROP SEQUENCE tickets_ticket_no;"

NOTES = """
CREATE TRIGGER tickets_ticketnote_no_rewrite BEFORE UPDATE OR DELETE ON tickets_ticketnote
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER tickets_ticketnote_no_truncate BEFORE TRUNCATE ON tickets_ticketnote
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
NO_NOTES = """
DROP TRIGGER tickets_ticketnote_no_truncate ON tickets_ticketnote;
DROP TRIGGER tickets_ticketnote_no_rewrite ON tickets_ticketnote;
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_tickets": (
        "I3: No ticket leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.subject_type = 'ticket' AND l.from_status = 'closed' AND l.from_status <> l.to_status
""",
    ),
    "invariant_i4_tickets": (
        "I4: Every ticket is in the state and version of its last log row.",
        """
SELECT 'ticket' AS subject_type, t.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', t.status, t.version, l.to_status, l.version) AS detail
FROM tickets_ticket t LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'ticket' AND e.subject_id = t.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM t.version OR l.to_status IS DISTINCT FROM t.status
""",
    ),
    "invariant_i11_ticket_owners": (
        "I11: A request and its ticket have one owner.",
        """
SELECT 'ticket' AS subject_type, t.id AS subject_id, NULL::timestamptz AS since,
       format('ticket %s is owned by %s, its request by %s', t.ticket_no, t.owner_id, r.assignee_id) AS detail
FROM tickets_ticket t JOIN refunds_refund r ON r.id = t.refund_id
WHERE t.status IN ('open', 'waiting', 'reopened') AND t.owner_id IS DISTINCT FROM r.assignee_id
""",
    ),
}


def _create(name: str, sentence: str, body: str) -> str:
    said = sentence.replace("'", "''")
    return f"CREATE VIEW {name} AS {body};\nCOMMENT ON VIEW {name} IS '{said}';"


FORWARD = "\n".join(_create(name, sentence, body) for name, (sentence, body) in VIEWS.items())
BACKWARD = "\n".join(f"DROP VIEW {name};" for name in VIEWS)


class Migration(migrations.Migration):
    """Sequence, triggers and views."""

    dependencies = [("tickets", "0014_tickets"), ("core", "0002_log_guards")]
    operations = [
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
        migrations.RunSQL(*guard_status("tickets_ticket", "ticket", ["closed"])),
        migrations.RunSQL(NOTES, NO_NOTES),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
