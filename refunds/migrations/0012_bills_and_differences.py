"""Bills of providers, and what they and the books do not say alike (PAY-9)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_webhooks"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0011_books"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refundpayment",
            name="code",
            field=models.CharField(
                blank=True, help_text="the provider's word for the failure", max_length=64, verbose_name="code"
            ),
        ),
        migrations.CreateModel(
            name="Bill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("day", models.DateField(verbose_name="day")),
                ("source", models.CharField(choices=[("download", "fetched"), ("upload", "uploaded")], max_length=10)),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be read"),
                            ("compared", "Compared"),
                            ("refused", "Cannot be read"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=200)),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="lines")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=60)),
                ("compared_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "bill",
                "verbose_name_plural": "bills",
                "indexes": [
                    models.Index(condition=models.Q(("status", "waiting")), fields=["id"], name="bill_waiting")
                ],
                "constraints": [models.UniqueConstraint(fields=("provider", "day", "sha256"), name="bill_once")],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "In the bill, unknown here"),
                            ("missing_there", "Booked here, not in the bill"),
                            ("amount", "Another amount"),
                            ("double", "Twice in the bill"),
                            ("status", "In the bill, not settled here"),
                            ("foreign_refund", "A refund that nobody asked for here"),
                            ("other_trade", "A refund of another trade"),
                            ("wrong_way", "Money came in where it should go out"),
                            ("fee", "A fee"),
                            ("day_edge", "On the other side of midnight"),
                            ("unknown_kind", "A kind of entry that is not known"),
                            ("garbled", "A line that cannot be read"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("number", models.CharField(max_length=64, verbose_name="number")),
                ("detail", models.CharField(max_length=300, verbose_name="detail")),
                ("here_fen", models.BigIntegerField(null=True, verbose_name="here")),
                ("there_fen", models.BigIntegerField(null=True, verbose_name="in the bill")),
                ("found_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(help_text="when it was not found any more", null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=60)),
                ("resolution", models.CharField(blank=True, max_length=200)),
                (
                    "order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="refunds.refundpayment",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.payout"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"
                    ),
                ),
            ],
            options={
                "verbose_name": "difference",
                "verbose_name_plural": "differences",
                "indexes": [
                    models.Index(
                        condition=models.Q(("gone_at", None), ("resolved_at", None)),
                        fields=["id"],
                        name="difference_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "day", "kind", "number"), name="difference_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolution", ""), ("resolved_at", None)),
                            models.Q(("resolved_at__isnull", False), models.Q(("resolution", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="difference_resolved_with_reason",
                    ),
                ],
            },
        ),
    ]
