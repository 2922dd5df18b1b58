"""What one side of a request puts to the other (DEC-3, DIS-5)."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

from aftersales.core.migration_sql import guard_status

FINAL = ("accepted", "declined", "withdrawn", "superseded", "lapsed", "moot")
VIEWS = """
CREATE VIEW invariant_i3_proposals AS
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.subject_type = 'proposal' AND l.from_status NOT IN ('', 'open');
COMMENT ON VIEW invariant_i3_proposals IS 'I3: No proposal changes after its answer.';
CREATE VIEW invariant_i4_proposals AS
SELECT 'proposal' AS subject_type, p.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s; the request negotiates: %s', p.status, p.version, l.to_status, l.version,
              r.negotiating) AS detail
FROM refunds_proposal p JOIN refunds_refund r ON r.id = p.refund_id LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'proposal' AND e.subject_id = p.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM p.version OR l.to_status IS DISTINCT FROM p.status
   OR (p.status = 'open' AND NOT r.negotiating);
COMMENT ON VIEW invariant_i4_proposals IS
  'I4: Every proposal is in the state and version of its last log row, and a request with an open one says so.';
"""
NO_VIEWS = "DROP VIEW invariant_i4_proposals; DROP VIEW invariant_i3_proposals;"


class Migration(migrations.Migration):
    """The table, its guards, and what must hold for it."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("refunds", "0014_exchanges"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="negotiating",
            field=models.BooleanField(db_default=False, default=False, help_text="a proposal is open (DEC-3)"),
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="within the request")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("correct", "Another kind or reason"),
                            ("amount", "Another amount"),
                            ("evidence", "More evidence"),
                            ("cancel", "To withdraw the request"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("open", "Waiting for the answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back"),
                            ("superseded", "Countered"),
                            ("lapsed", "Not answered in time"),
                            ("moot", "Overtaken: the request has changed"),
                        ],
                        max_length=12,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "proposed_by",
                    models.CharField(
                        choices=[
                            ("buyer", "Buyer"),
                            ("seller", "Seller"),
                            ("platform", "Platform"),
                            ("system", "System"),
                        ],
                        max_length=10,
                        verbose_name="proposed by",
                    ),
                ),
                ("author_name", models.CharField(max_length=60)),
                (
                    "to_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("refund_only", "Refund only"),
                            ("return_refund", "Return and refund"),
                            ("exchange", "Exchange"),
                            ("reship", "Reship"),
                            ("repair", "Repair"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "to_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("seven_day", "Seven-day return without reason"),
                            ("not_as_described", "Not as described"),
                            ("quality", "Quality fault"),
                            ("damaged", "Damaged on arrival"),
                            ("wrong_or_missing", "Wrong or missing items"),
                            ("postage", "Refund of postage"),
                            ("not_received", "Not received"),
                            ("invoice", "Invoice"),
                            ("no_longer_wanted", "No longer wanted"),
                            ("ordered_by_mistake", "Ordered by mistake"),
                            ("not_shipped_in_time", "Not shipped in time"),
                            ("out_of_stock", "Out of stock"),
                            ("counterfeit", "Counterfeit"),
                            ("lost_or_empty", "Empty or lost parcel"),
                            ("price_difference", "Price difference"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                ("amount_fen", models.PositiveBigIntegerField(null=True, verbose_name="amount")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="refunds.refund"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("refund", "number"), name="proposal_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("refund",), name="one_open_proposal"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_fen__gt", 0), ("kind", "amount")),
                            models.Q(models.Q(("kind", "amount"), _negated=True), ("amount_fen", None)),
                            _connector="OR",
                        ),
                        name="proposal_amount_of_its_kind",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*guard_status("refunds_proposal", "proposal", FINAL)),
        migrations.RunSQL(VIEWS, NO_VIEWS),
    ]
