"""What the database itself refuses of invoices: a status without a log row, what was issued changing afterwards, more
than the buyer paid; and the views by which they are checked (INV-1, I3, I4)."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

STAYS = """
CREATE FUNCTION invoices_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.request_no, NEW.shop_id, NEW.order_id) IS DISTINCT FROM (OLD.request_no, OLD.shop_id, OLD.order_id)
     OR (OLD.number <> '' AND (NEW.title_kind, NEW.title, NEW.tax_no, NEW.amount_fen, NEW.code, NEW.number, NEW.issued_at,
                               NEW.issued_by_id)
         IS DISTINCT FROM (OLD.title_kind, OLD.title, OLD.tax_no, OLD.amount_fen, OLD.code, OLD.number, OLD.issued_at,
                           OLD.issued_by_id)) THEN
    RAISE EXCEPTION 'invoice %: what was issued stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_invoice_stays BEFORE UPDATE ON invoices_invoice
  FOR EACH ROW EXECUTE FUNCTION invoices_invoice_stays();
"""
NO_STAYS = """
DROP TRIGGER invoices_invoice_stays ON invoices_invoice;
DROP FUNCTION invoices_invoice_stays();
"""

# Judged under the order's lock, so that two wishes at once cannot both see room for themselves.
WITHIN = """
CREATE FUNCTION invoices_invoice_within_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid bigint; asked bigint;
BEGIN
  SELECT paid_fen INTO paid FROM orders_order WHERE id = NEW.order_id FOR NO KEY UPDATE;
  SELECT sum(amount_fen) INTO asked FROM invoices_invoice
    WHERE order_id = NEW.order_id AND status IN ('requested', 'returned', 'issued', 'told');
  IF asked > paid THEN
    RAISE EXCEPTION 'order %: % invoiced of % paid', NEW.order_id, asked, paid USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER invoices_invoice_within_order AFTER INSERT OR UPDATE OF amount_fen, order_id ON invoices_invoice
  FOR EACH ROW EXECUTE FUNCTION invoices_invoice_within_order();
"""
NOT_WITHIN = """
DROP TRIGGER invoices_invoice_within_order ON invoices_invoice;
DROP FUNCTION invoices_invoice_within_order();
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i3_invoices": (
        "I3: No invoice leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.from_status <> l.to_status AND l.subject_type = 'invoice' AND l.from_status IN ('reversed', 'withdrawn')
""",
    ),
    "invariant_i4_invoices": (
        "I4: Every invoice is in the state and version of its last log row.",
        """
SELECT 'invoice' AS subject_type, i.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', i.status, i.version, l.to_status, l.version) AS detail
FROM invoices_invoice i LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'invoice' AND e.subject_id = i.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM i.version OR l.to_status IS DISTINCT FROM i.status
""",
    ),
    "invariant_invoices": (
        "INV: No order has more invoiced than was paid for it.",
        """
SELECT 'order' AS subject_type, o.id AS subject_id, NULL::timestamptz AS since,
       format('%s fen invoiced or asked for, %s paid', i.asked, o.paid_fen) AS detail
FROM (SELECT order_id, sum(amount_fen) AS asked FROM invoices_invoice
      WHERE status IN ('requested', 'returned', 'issued', 'told') GROUP BY order_id) i
JOIN orders_order o ON o.id = i.order_id
WHERE i.asked > o.paid_fen
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

    dependencies = [("invoices", "0001_invoices"), ("core", "0002_log_guards"), ("orders", "0002_status_guards")]
    operations = [
        migrations.RunSQL(*guard_status("invoices_invoice", "invoice", ["reversed", "withdrawn"])),
        migrations.RunSQL(STAYS, NO_STAYS),
        migrations.RunSQL(WITHIN, NOT_WITHIN),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
