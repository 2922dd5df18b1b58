"""The books: balanced at every commit, never rewritten, begun with what was done before (PAY-9, I6)."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION refunds_movement_is_balanced() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF (SELECT count(*) < 2 OR sum(amount_fen) <> 0 FROM refunds_ledgerentry WHERE movement = NEW.movement) THEN
    RAISE EXCEPTION '% does not balance', NEW.movement USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refunds_movement_is_balanced AFTER INSERT ON refunds_ledgerentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refunds_movement_is_balanced();
CREATE TRIGGER refunds_ledgerentry_no_rewrite BEFORE UPDATE OR DELETE ON refunds_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER refunds_ledgerentry_no_truncate BEFORE TRUNCATE ON refunds_ledgerentry
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
NO_GUARDS = """
DROP TRIGGER refunds_ledgerentry_no_truncate ON refunds_ledgerentry;
DROP TRIGGER refunds_ledgerentry_no_rewrite ON refunds_ledgerentry;
DROP TRIGGER refunds_movement_is_balanced ON refunds_ledgerentry;
DROP FUNCTION refunds_movement_is_balanced();
"""
BEGIN_WITH = """
INSERT INTO refunds_ledgerentry (movement, account, amount_fen, shop_id, order_id, payment_id, number, reference, booked_at)
SELECT 'payment:' || p.id, side.account, side.sign * p.amount_fen, p.shop_id, r.order_id, p.id, p.payment_no, p.reference,
       p.settled_at
FROM refunds_refundpayment p JOIN refunds_refund r ON r.id = p.refund_id,
     LATERAL (VALUES ('given:refund', 1), ('provider:' || p.gateway, -1)) AS side (account, sign)
WHERE p.status = 'done';
INSERT INTO refunds_ledgerentry (movement, account, amount_fen, shop_id, order_id, payout_id, number, reference, booked_at)
SELECT 'payout:' || p.id, side.account, side.sign * p.amount_fen, p.shop_id, p.order_id, p.id,
       p.payout_no || CASE WHEN p.attempt > 1 THEN 'A' || p.attempt ELSE '' END, p.reference, p.paid_at
FROM refunds_payout p,
     LATERAL (VALUES ('given:' || p.purpose, 1), ('provider:' || p.gateway, -1)) AS side (account, sign)
WHERE p.status = 'paid';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
VIEW = """
CREATE VIEW invariant_i6_books AS
SELECT 'payment' AS subject_type, p.id AS subject_id, NULL::timestamptz AS since,
       format('%s, ¥%s, booked ¥%s', p.status, p.amount_fen, e.given) AS detail
FROM refunds_refundpayment p LEFT JOIN LATERAL (
  SELECT sum(amount_fen) FILTER (WHERE amount_fen > 0) AS given, sum(amount_fen) AS rest
  FROM refunds_ledgerentry WHERE movement = 'payment:' || p.id) e ON TRUE
WHERE (p.status = 'done' AND e.given IS DISTINCT FROM p.amount_fen) OR (p.status <> 'done' AND e.given IS NOT NULL)
   OR coalesce(e.rest, 0) <> 0
UNION ALL
SELECT 'payout', p.id, NULL, format('%s, ¥%s, booked ¥%s', p.status, p.amount_fen, e.given)
FROM refunds_payout p LEFT JOIN LATERAL (
  SELECT sum(amount_fen) FILTER (WHERE amount_fen > 0) AS given, sum(amount_fen) AS rest
  FROM refunds_ledgerentry WHERE movement = 'payout:' || p.id) e ON TRUE
WHERE (p.status = 'paid' AND e.given IS DISTINCT FROM p.amount_fen) OR (p.status <> 'paid' AND e.given IS NOT NULL)
   OR coalesce(e.rest, 0) <> 0;
COMMENT ON VIEW invariant_i6_books IS 'I6: Book entries balance, and are of exactly the money that moved.';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_webhooks"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0010_what_providers_tell"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("movement", models.CharField(help_text="payment:<key> or payout:<key>", max_length=40)),
                ("account", models.CharField(max_length=40)),
                (
                    "amount_fen",
                    models.BigIntegerField(help_text="above zero on the buyer's side", verbose_name="amount"),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="under which the provider knows it", max_length=64, verbose_name="number"
                    ),
                ),
                ("reference", models.CharField(max_length=64, verbose_name="reference")),
                ("booked_at", models.DateTimeField(verbose_name="booked")),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="refunds.refundpayment",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="refunds.payout",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(fields=["account", "booked_at", "id"], name="entry_of_day"),
                    models.Index(fields=["number"], name="entry_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("movement", "account"), name="entry_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen", 0), _negated=True), name="entry_has_amount"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunSQL(BEGIN_WITH, migrations.RunSQL.noop),
        migrations.RunSQL(VIEW, "DROP VIEW invariant_i6_books"),
    ]
