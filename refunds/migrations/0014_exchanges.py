"""Requests that are answered with goods: their statuses, what they keep, and what must hold for them, too.

The column of the status grows, which a trigger and many views read: they are taken away first and come back, with the
new final states, at the end.
"""

from importlib import import_module

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

from aftersales.core.migration_sql import guard_status

invariants = import_module("refunds.migrations.0004_invariants")
ENDED = "('SUCCESS', 'CLOSED', 'EXCHANGE_CLOSED', 'EXCHANGE_SUCCESS', 'EXCHANGE_TO_REFUND')"
FINAL_BEFORE = ("SUCCESS", "CLOSED")
FINAL = (*FINAL_BEFORE, "EXCHANGE_CLOSED", "EXCHANGE_SUCCESS", "EXCHANGE_TO_REFUND")
WAITS_BEFORE = "'SELLER_REFUSE_BUYER')"
WAITS = """'SELLER_REFUSE_BUYER', 'EXCHANGE_WAIT_SELLER_AGREE',
                              'EXCHANGE_WAIT_BUYER_RETURN_GOODS', 'EXCHANGE_WAIT_SELLER_CONFIRM_GOODS',
                              'EXCHANGE_WAIT_BUYER_MODIFY', 'EXCHANGE_WAIT_SELLER_SEND_GOODS')
                OR (status = 'EXCHANGE_WAIT_BUYER_CONFIRM_GOODS'
                    AND NOT (ships_first AND received_at IS NULL AND marked_overdue))"""
LEAVES_BEFORE = "('refund', 'CLOSED'),"
LEAVES = """('refund', 'CLOSED'),
  ('refund', 'EXCHANGE_CLOSED'), ('refund', 'EXCHANGE_SUCCESS'), ('refund', 'EXCHANGE_TO_REFUND'),"""

SENT = (
    "EXC: What was asked for is on its way or there only with a number; a refund begins where an exchange turned.",
    """
SELECT 'refund' AS subject_type, r.id AS subject_id, NULL::timestamptz AS since,
       format('%s %s: difference %s (settled: %s), %s replacements on their way', r.kind, r.status, r.difference_fen,
              r.difference_settled, s.current) AS detail
FROM refunds_refund r CROSS JOIN LATERAL (
  SELECT count(*) AS current FROM refunds_replacementshipment p WHERE p.refund_id = r.id AND p.superseded_at IS NULL) s
WHERE r.kind IN ('exchange', 'reship') AND (
     (r.status IN ('EXCHANGE_WAIT_BUYER_CONFIRM_GOODS', 'EXCHANGE_SUCCESS')
       AND (s.current <> 1 OR (r.difference_fen <> 0 AND NOT r.difference_settled)))
  OR (r.status = 'EXCHANGE_TO_REFUND') <> EXISTS (SELECT 1 FROM refunds_refund t WHERE t.turned_from_id = r.id))
""",
)


def _views() -> dict[str, tuple[str, str]]:
    """Give the views with the new states; each replacement is one that the earlier text has."""
    made = {}
    for name, (sentence, body) in invariants.VIEWS.items():
        new = body.replace(invariants.ENDED, ENDED).replace(WAITS_BEFORE, WAITS).replace(LEAVES_BEFORE, LEAVES)
        made[name] = (sentence, new)
    return {**made, "invariant_exchanges": SENT}


VIEWS = _views()
FORWARD = "\n".join(invariants._create(name, sentence, body) for name, (sentence, body) in VIEWS.items())
BACKWARD = "\n".join(f"DROP VIEW {name};" for name in VIEWS)
GUARD, NO_GUARD = guard_status("refunds_refund", "refund", FINAL)
GUARD_BEFORE, NO_GUARD_BEFORE = guard_status("refunds_refund", "refund", FINAL_BEFORE)


class Migration(migrations.Migration):
    """Take away what reads the status, change the tables, bring it back."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0013_insurers_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(invariants.BACKWARD, invariants.FORWARD),
        migrations.RunSQL(NO_GUARD_BEFORE, GUARD_BEFORE),
        migrations.CreateModel(
            name="ReplacementShipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("carrier", models.CharField(max_length=24, verbose_name="carrier")),
                ("tracking_no", models.CharField(max_length=40, verbose_name="tracking number")),
                ("sent_by", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "replacement shipment",
                "verbose_name_plural": "replacement shipments",
                "ordering": ["id"],
            },
        ),
        migrations.RemoveIndex(
            model_name="refund",
            name="refund_urgent",
        ),
        migrations.RemoveIndex(
            model_name="refund",
            name="refund_mine",
        ),
        migrations.AddField(
            model_name="refund",
            name="difference_fen",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="above nothing the buyer pays it (AMT-5)",
                verbose_name="price difference",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="difference_settled",
            field=models.BooleanField(db_default=False, default=False, verbose_name="difference settled"),
        ),
        migrations.AddField(
            model_name="refund",
            name="ships_first",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="promised to an urgent buyer (EXC-4)",
                verbose_name="replacement goes first",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="turned_from",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="turned_into",
                to="refunds.refund",
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="exchange_price_fen",
            field=models.PositiveBigIntegerField(
                help_text="of one unit, as agreed; none: as paid (AMT-5)",
                null=True,
                verbose_name="price of the new goods",
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="exchange_sku",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="wanted instead"
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="flow",
            field=models.CharField(
                choices=[
                    ("unshipped", "Before shipment"),
                    ("refund_only", "Refund only"),
                    ("return_refund", "Return and refund"),
                    ("exchange", "Exchange"),
                    ("reship", "Reship"),
                ],
                max_length=16,
                verbose_name="flow",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="status",
            field=django_fsm.FSMField(
                choices=[
                    ("WAIT_SELLER_AGREE", "Applied, waiting for the seller to agree"),
                    ("WAIT_BUYER_RETURN_GOODS", "Agreed, waiting for the buyer to return the goods"),
                    ("WAIT_SELLER_CONFIRM_GOODS", "Returned, waiting for the seller to confirm receipt"),
                    ("SELLER_REFUSE_BUYER", "Refused by the seller"),
                    ("WAIT_SYSTEM_TRANSFER", "Agreed, waiting for the money to move"),
                    ("SUCCESS", "Refunded"),
                    ("CLOSED", "Closed"),
                    ("EXCHANGE_WAIT_SELLER_AGREE", "Exchange applied for, waiting for the seller"),
                    ("EXCHANGE_WAIT_BUYER_RETURN_GOODS", "Exchange agreed, waiting for the buyer's return"),
                    ("EXCHANGE_WAIT_SELLER_CONFIRM_GOODS", "Sent back, waiting to be received"),
                    ("EXCHANGE_CLOSED", "Exchange closed"),
                    ("EXCHANGE_SUCCESS", "Exchange done"),
                    ("EXCHANGE_WAIT_BUYER_MODIFY", "Exchange refused, waiting for the buyer to change it"),
                    ("EXCHANGE_WAIT_SELLER_SEND_GOODS", "Replacement to be sent"),
                    ("EXCHANGE_WAIT_BUYER_CONFIRM_GOODS", "Replacement sent, waiting for the buyer"),
                    ("EXCHANGE_TO_REFUND", "Turned into a refund"),
                ],
                max_length=40,
                protected=True,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="status",
            field=models.CharField(max_length=40),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "WAIT_SELLER_AGREE",
                            "WAIT_BUYER_RETURN_GOODS",
                            "WAIT_SELLER_CONFIRM_GOODS",
                            "SELLER_REFUSE_BUYER",
                            "WAIT_SYSTEM_TRANSFER",
                            "EXCHANGE_WAIT_SELLER_AGREE",
                            "EXCHANGE_WAIT_BUYER_RETURN_GOODS",
                            "EXCHANGE_WAIT_SELLER_CONFIRM_GOODS",
                            "EXCHANGE_WAIT_BUYER_MODIFY",
                            "EXCHANGE_WAIT_SELLER_SEND_GOODS",
                            "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS",
                        ),
                    )
                ),
                fields=["urgent_at", "id", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_urgent",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "EXCHANGE_WAIT_SELLER_AGREE",
                            "EXCHANGE_WAIT_BUYER_RETURN_GOODS",
                            "EXCHANGE_WAIT_SELLER_CONFIRM_GOODS",
                            "EXCHANGE_WAIT_BUYER_MODIFY",
                            "EXCHANGE_WAIT_SELLER_SEND_GOODS",
                            "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS",
                        ),
                    )
                ),
                fields=["urgent_at", "id", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_exchange",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "WAIT_SELLER_AGREE",
                            "WAIT_BUYER_RETURN_GOODS",
                            "WAIT_SELLER_CONFIRM_GOODS",
                            "SELLER_REFUSE_BUYER",
                            "WAIT_SYSTEM_TRANSFER",
                            "EXCHANGE_WAIT_SELLER_AGREE",
                            "EXCHANGE_WAIT_BUYER_RETURN_GOODS",
                            "EXCHANGE_WAIT_SELLER_CONFIRM_GOODS",
                            "EXCHANGE_WAIT_BUYER_MODIFY",
                            "EXCHANGE_WAIT_SELLER_SEND_GOODS",
                            "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS",
                        ),
                    )
                ),
                fields=["assignee", "urgent_at", "id", "status", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_mine",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_fen", 0),
                        ("kind__in", ["exchange", "reship"]),
                        (
                            "status__in",
                            [
                                "EXCHANGE_WAIT_SELLER_AGREE",
                                "EXCHANGE_WAIT_BUYER_RETURN_GOODS",
                                "EXCHANGE_WAIT_SELLER_CONFIRM_GOODS",
                                "EXCHANGE_CLOSED",
                                "EXCHANGE_SUCCESS",
                                "EXCHANGE_WAIT_BUYER_MODIFY",
                                "EXCHANGE_WAIT_SELLER_SEND_GOODS",
                                "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS",
                                "EXCHANGE_TO_REFUND",
                            ],
                        ),
                    ),
                    models.Q(
                        models.Q(("kind__in", ["exchange", "reship"]), _negated=True),
                        models.Q(
                            (
                                "status__in",
                                [
                                    "EXCHANGE_WAIT_SELLER_AGREE",
                                    "EXCHANGE_WAIT_BUYER_RETURN_GOODS",
                                    "EXCHANGE_WAIT_SELLER_CONFIRM_GOODS",
                                    "EXCHANGE_CLOSED",
                                    "EXCHANGE_SUCCESS",
                                    "EXCHANGE_WAIT_BUYER_MODIFY",
                                    "EXCHANGE_WAIT_SELLER_SEND_GOODS",
                                    "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS",
                                    "EXCHANGE_TO_REFUND",
                                ],
                            ),
                            _negated=True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="refund_status_of_its_kind",
            ),
        ),
        migrations.AddField(
            model_name="replacementshipment",
            name="refund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="replacements", to="refunds.refund"
            ),
        ),
        migrations.AddIndex(
            model_name="replacementshipment",
            index=models.Index(fields=["tracking_no"], name="replacement_tracking_no"),
        ),
        migrations.AddConstraint(
            model_name="replacementshipment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("refund",), name="one_current_replacement_shipment"
            ),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
