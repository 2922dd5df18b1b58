"""What insurers of return freight did, as the desk learned of it (FRI-3)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0012_bills_and_differences"),
    ]

    operations = [
        migrations.CreateModel(
            name="InsuranceAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paid", models.BooleanField(verbose_name="paid")),
                (
                    "amount_fen",
                    models.PositiveBigIntegerField(help_text="set by the insurer", null=True, verbose_name="amount"),
                ),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="arrived")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=60)),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="insurance_answers",
                        to="refunds.refund",
                    ),
                ),
            ],
            options={
                "verbose_name": "insurer's answer",
                "verbose_name_plural": "insurers' answers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_fen__gt", 0), ("arrived_at__isnull", False), ("paid", True)),
                            models.Q(("amount_fen", None), ("arrived_at", None), ("paid", False)),
                            _connector="OR",
                        ),
                        name="insurance_paid_has_amount",
                    )
                ],
            },
        ),
    ]
