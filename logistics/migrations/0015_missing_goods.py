"""Goods and gifts that were not in the parcel, each settled once (MIS)."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION logistics_missingline_is_of_its_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM logistics_missingreport r JOIN orders_orderline l ON l.order_id = r.order_id
                 WHERE r.id = NEW.report_id AND r.parcel_id = NEW.parcel_id AND l.id = NEW.order_line_id
                   AND NEW.quantity <= l.quantity) THEN
    RAISE EXCEPTION 'missing report %: goods of another parcel or order, or too many', NEW.report_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_missingline_is_of_its_parcel BEFORE INSERT OR UPDATE OF report_id, parcel_id, order_line_id, quantity
  ON logistics_missingline FOR EACH ROW EXECUTE FUNCTION logistics_missingline_is_of_its_parcel();
"""
NO_GUARD = """
DROP TRIGGER logistics_missingline_is_of_its_parcel ON logistics_missingline;
DROP FUNCTION logistics_missingline_is_of_its_parcel();
"""


class Migration(migrations.Migration):
    """Reports of missing goods with their lines, and the guard of the lines."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("logistics", "0014_carriers_with_regions"),
        ("orders", "0005_held_back"),
        ("refunds", "0020_bundles_are_settled"),
    ]

    operations = [
        migrations.CreateModel(
            name="MissingReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gift", models.CharField(blank=True, max_length=120, verbose_name="gift")),
                (
                    "intact",
                    models.CharField(
                        choices=[
                            ("yes", "Whole"),
                            ("no", "Opened, taped again or with a hole"),
                            ("unknown", "The buyer does not know"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="parcel",
                    ),
                ),
                ("carrier_weight_g", models.PositiveIntegerField(null=True, verbose_name="carrier's weight, g")),
                ("packed_weight_g", models.PositiveIntegerField(null=True, verbose_name="weight packed, g")),
                ("expected_weight_g", models.PositiveIntegerField(null=True, verbose_name="weight of the goods, g")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("warehouse_missed", "Left out by the warehouse"),
                            ("theft", "Stolen on the way"),
                            ("not_short", "By the weights nothing is missing"),
                            ("unclear", "Not clear yet"),
                            ("never_noted", "Promised in chat, never noted"),
                        ],
                        max_length=20,
                        verbose_name="likely cause",
                    ),
                ),
                (
                    "settlement",
                    models.CharField(
                        choices=[
                            ("reship", "Send it again"),
                            ("refund", "Refund it in agreement"),
                            ("next_time", "Add it to the next order"),
                            ("look_into", "Look into it, then answer"),
                        ],
                        max_length=12,
                        verbose_name="settled by",
                    ),
                ),
                ("created_by", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                (
                    "claim",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.claim"
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.ordernote"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="missing_reports", to="orders.order"
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="missing_reports",
                        to="logistics.parcel",
                    ),
                ),
                ("photos", models.ManyToManyField(related_name="+", to="refunds.evidence")),
                (
                    "refund",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.refund"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "missing goods",
                "verbose_name_plural": "missing goods",
            },
        ),
        migrations.CreateModel(
            name="MissingLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.parcel"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.missingreport"
                    ),
                ),
            ],
            options={
                "verbose_name": "missing line",
                "verbose_name_plural": "missing lines",
            },
        ),
        migrations.AddConstraint(
            model_name="missingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gift", ""), ("parcel__isnull", False)),
                    models.Q(
                        models.Q(("gift", ""), _negated=True),
                        ("claim", None),
                        ("parcel", None),
                        ("settlement", "next_time"),
                    ),
                    _connector="OR",
                ),
                name="missing_goods_or_gift",
            ),
        ),
        migrations.AddConstraint(
            model_name="missingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "never_noted"), _negated=True),
                    models.Q(("gift", ""), _negated=True),
                    _connector="OR",
                ),
                name="missing_gift_was_never_noted",
            ),
        ),
        migrations.AddConstraint(
            model_name="missingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refund__isnull", False), ("settlement__in", ("reship", "refund"))),
                    models.Q(models.Q(("settlement__in", ("reship", "refund")), _negated=True), ("refund", None)),
                    _connector="OR",
                ),
                name="missing_is_settled_by_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="missingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carrier_weight_g", None), ("carrier_weight_g__gt", 0), _connector="OR"),
                    models.Q(("packed_weight_g", None), ("packed_weight_g__gt", 0), _connector="OR"),
                ),
                name="missing_weighs_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="missingreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gift", ""), _negated=True), fields=("order", "gift"), name="gift_missing_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="missingline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="missing_line_has_quantity"
            ),
        ),
        migrations.AddConstraint(
            model_name="missingline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("parcel", "order_line"), name="missing_line_once"
            ),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
