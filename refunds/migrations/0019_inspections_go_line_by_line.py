"""An inspection says of each line what was found (RET-2); photos of what nobody claimed are kept (RET-3)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The lines of an inspection, and files that are held."""

    dependencies = [
        ("refunds", "0018_evidence_of_an_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="InspectionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expected", models.PositiveIntegerField(verbose_name="expected")),
                ("found", models.PositiveIntegerField(verbose_name="found")),
                ("wrong_goods", models.BooleanField(default=False, verbose_name="other goods")),
                ("checks", models.JSONField(default=dict, help_text="what was looked at, and whether it was in order")),
                (
                    "damage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No damage"),
                            ("transit", "In transit"),
                            ("making", "A fault of the goods"),
                            ("buyer", "By the buyer"),
                            ("unknown", "Cause unknown"),
                        ],
                        max_length=10,
                        verbose_name="damage",
                    ),
                ),
                (
                    "disposition",
                    models.CharField(
                        choices=[
                            ("restock", "Back to stock"),
                            ("second", "Second quality"),
                            ("scrap", "Scrap"),
                            ("back", "Back to the buyer"),
                        ],
                        max_length=10,
                        verbose_name="where they go",
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=40, verbose_name="shelf")),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="refunds.inspection"
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
            ],
            options={
                "verbose_name": "inspected line",
                "verbose_name_plural": "inspected lines",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("inspection", "order_line"), name="inspection_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("damage__in", ["", "transit", "making", "buyer", "unknown"])),
                        name="inspection_damage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("disposition__in", ["restock", "second", "scrap", "back"])),
                        name="inspection_goes_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("found__gt", 0), models.Q(("location", ""), ("wrong_goods", False)), _connector="OR"
                        ),
                        name="inspection_nothing_lies_nowhere",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="evidence",
            name="held",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="kept though no request names it yet: a parcel that nobody claimed",
            ),
        ),
    ]
