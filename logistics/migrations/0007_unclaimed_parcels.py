"""Parcels that nobody waits for have a list; what came of one is given once (RET-3)."""

import django.db.models.deletion
from django.db import migrations, models

import logistics.models.unclaimed

FORWARD = """
CREATE FUNCTION logistics_unclaimed_outcome_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the outcome of an unclaimed parcel stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER logistics_unclaimedparcel_outcome_stays BEFORE UPDATE OF outcome, refund_id ON logistics_unclaimedparcel
  FOR EACH ROW WHEN (OLD.outcome <> '' AND (OLD.outcome <> NEW.outcome OR OLD.refund_id IS DISTINCT FROM NEW.refund_id))
  EXECUTE FUNCTION logistics_unclaimed_outcome_stays();
"""
BACKWARD = """
DROP TRIGGER logistics_unclaimedparcel_outcome_stays ON logistics_unclaimedparcel;
DROP FUNCTION logistics_unclaimed_outcome_stays();
"""


class Migration(migrations.Migration):
    """The unclaimed list."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("logistics", "0006_claim_guards"),
        ("refunds", "0019_inspections_go_line_by_line"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnclaimedParcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "parcel_no",
                    models.CharField(
                        default=logistics.models.unclaimed.new_parcel_no,
                        max_length=12,
                        unique=True,
                        verbose_name="number",
                    ),
                ),
                ("tracking_no", models.CharField(blank=True, max_length=40, verbose_name="tracking number")),
                ("carrier", models.CharField(blank=True, max_length=24, verbose_name="carrier")),
                ("sender_name", models.CharField(blank=True, max_length=60, verbose_name="sender")),
                ("sender_phone", models.CharField(blank=True, max_length=24, verbose_name="phone")),
                (
                    "order_no",
                    models.CharField(
                        blank=True, help_text="from a slip inside", max_length=64, verbose_name="order number"
                    ),
                ),
                ("contents", models.CharField(max_length=300, verbose_name="what is in it")),
                ("shelf", models.CharField(max_length=40, verbose_name="shelf")),
                ("noted_by", models.CharField(max_length=60)),
                ("noted_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Unclaimed"),
                            ("matched", "Found its request"),
                            ("sent_back", "Sent back"),
                            ("disposed", "Disposed of"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("outcome_note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("settled_by", models.CharField(blank=True, max_length=60)),
                ("settled_at", models.DateTimeField(null=True)),
                ("photos", models.ManyToManyField(related_name="+", to="refunds.evidence")),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unclaimed_parcels",
                        to="refunds.refund",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "unclaimed parcel",
                "verbose_name_plural": "unclaimed parcels",
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=models.Q(("outcome", "")), fields=["shop", "id"], name="unclaimed_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", ""), models.Q(("tracking_no", ""), _negated=True)),
                        fields=("shop", "tracking_no"),
                        name="unclaimed_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "matched", "sent_back", "disposed"])),
                        name="unclaimed_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None)),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="unclaimed_outcome_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "matched"), ("refund__isnull", False)),
                            models.Q(models.Q(("outcome", "matched"), _negated=True), ("refund", None)),
                            _connector="OR",
                        ),
                        name="unclaimed_match_has_request",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
