"""What providers tell unasked, each once (PAY-9)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_webhooks"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0009_payments_are_asked_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("notice_id", models.CharField(max_length=128)),
                (
                    "meaning",
                    models.CharField(
                        choices=[
                            ("asked", "Money that is on its way: the provider is asked at once"),
                            ("known", "Known already"),
                            ("foreign", "A refund that nobody asked for here"),
                            ("late", "Money moved that counts as failed here"),
                            ("other", "Nothing of ours"),
                        ],
                        max_length=8,
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="number")),
                ("order_no", models.CharField(blank=True, max_length=64, verbose_name="order number")),
                ("amount_fen", models.PositiveBigIntegerField(null=True, verbose_name="amount")),
                ("repeats", models.PositiveIntegerField(default=0, help_text="how often it came again")),
                ("received_at", models.DateTimeField()),
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
                    "shop",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"
                    ),
                ),
            ],
            options={
                "verbose_name": "provider's notification",
                "verbose_name_plural": "provider's notifications",
                "indexes": [
                    models.Index(
                        condition=models.Q(("meaning__in", ["foreign", "late"]), ("resolved_at", None)),
                        fields=["id"],
                        name="notice_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "notice_id"), name="notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolution", ""), ("resolved_at", None)),
                            models.Q(("resolved_at__isnull", False), models.Q(("resolution", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="notice_resolved_with_reason",
                    ),
                ],
            },
        ),
    ]
