"""Gifts that were promised beside the goods: waiting, packed or owed (MIS-3)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Promised gifts."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("logistics", "0015_missing_goods"),
        ("orders", "0005_held_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="PromisedGift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=120, verbose_name="gift")),
                ("promised_by", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField(verbose_name="promised")),
                ("packed_at", models.DateTimeField(null=True, verbose_name="packed")),
                ("packed_by", models.CharField(blank=True, max_length=60)),
                ("owed_at", models.DateTimeField(null=True, verbose_name="owed since")),
                (
                    "note",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.ordernote"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="promised_gifts", to="orders.order"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "promised gift",
                "verbose_name_plural": "promised gifts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("owed_at", None), ("packed_at", None)),
                        fields=["shop", "id"],
                        name="gift_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "text"), name="gift_promised_once"),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="gift_is_named"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("packed_at", None), ("packed_by", "")),
                            models.Q(
                                ("owed_at", None),
                                ("packed_at__isnull", False),
                                models.Q(("packed_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="gift_is_packed_or_owed",
                    ),
                ],
            },
        ),
    ]
