"""Triggers that mark a case whose facts have changed: one small insert in the statement that changed it."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION reports_mark_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reports_mark (subject_kind, subject_id)
    VALUES (TG_ARGV[0], CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
  IF TG_NARGS > 1 AND TG_OP <> 'DELETE' THEN
    INSERT INTO reports_mark (subject_kind, subject_id)
      VALUES (TG_ARGV[1], ((to_jsonb(NEW) ->> (TG_ARGV[1] || '_id')))::bigint);
  END IF;
  RETURN NULL;
END $$;
"""
WATCHED = {
    "orders_order": ("'order'", ("paid_at", "paid_fen")),
    "refunds_refund": ("'refund'", ("version", "status", "finished_at", "reason", "kind", "refunded_fen")),
    "refunds_dispute": ("'dispute', 'refund'", ("status", "decided_at")),
    "refunds_payout": ("'payout'", ("status", "paid_at", "amount_fen")),
    "logistics_claim": ("'claim'", ("status", "submitted_at", "paid_at", "amount_fen", "recovered_fen", "carrier")),
}


def _forward() -> str:
    parts = [FUNCTION]
    for table, (given, columns) in WATCHED.items():
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        call = f"FOR EACH ROW {{when}}EXECUTE FUNCTION reports_mark_case({given});"
        parts.append(f"CREATE TRIGGER {table}_figures_new AFTER INSERT OR DELETE ON {table} {call.format(when='')}")
        when = f"WHEN (({old}) IS DISTINCT FROM ({new})) "
        parts.append(f"CREATE TRIGGER {table}_figures AFTER UPDATE ON {table} {call.format(when=when)}")
    kinds = {"orders_order": "order", "refunds_refund": "refund", "refunds_dispute": "dispute"}
    kinds |= {"refunds_payout": "payout", "logistics_claim": "claim"}
    for table, kind in kinds.items():  # what was there before the figures were
        parts.append(f"INSERT INTO reports_mark (subject_kind, subject_id) SELECT '{kind}', id FROM {table};")
    return "\n".join(parts)


BACKWARD = "\n".join(
    [
        *(f"DROP TRIGGER {table}{end} ON {table};" for table in WATCHED for end in ("_figures", "_figures_new")),
        "DROP FUNCTION reports_mark_case();",
    ]
)


class Migration(migrations.Migration):
    """Marks from now on, and of everything that is there."""

    dependencies = [
        ("reports", "0001_figures"),
        ("refunds", "0023_records_are_erased"),
        ("orders", "0007_records_are_erased"),
        ("logistics", "0017_attention"),
    ]
    operations = [migrations.RunSQL(_forward(), BACKWARD)]
