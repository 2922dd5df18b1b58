"""Evidence may belong to an order alone: what the shop shows to others than the buyer, as the photos of a claim."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, and what the checks say of it."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0017_exchanges_listed"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_purpose_known",
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_attached_has_time",
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_has_shop",
        ),
        migrations.AddField(
            model_name="evidence",
            name="order",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="orders.order"
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("application", "application"),
                    ("message", "message"),
                    ("refusal", "refusal"),
                    ("inspection", "inspection"),
                    ("receipt", "receipt"),
                    ("dispute", "dispute"),
                    ("claim", "courier claim"),
                    ("other", "other"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="amount_fen",
            field=models.BigIntegerField(help_text="above zero where it went", verbose_name="amount"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="movement",
            field=models.CharField(help_text="payment:<key>, payout:<key> or claim:<key>", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        ["application", "message", "refusal", "inspection", "receipt", "dispute", "claim", "other"],
                    )
                ),
                name="evidence_purpose_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attached_at", None), ("order", None), ("payout", None), ("refund", None)),
                    models.Q(
                        ("attached_at__isnull", False),
                        models.Q(
                            ("refund__isnull", False),
                            ("payout__isnull", False),
                            ("order__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="evidence_attached_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shop__isnull", False),
                    models.Q(
                        ("order", None),
                        ("payout", None),
                        ("refund", None),
                        ("side__in", ["seller", "warehouse", "platform"]),
                    ),
                    _connector="OR",
                ),
                name="evidence_has_shop",
            ),
        ),
    ]
