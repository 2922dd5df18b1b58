"""What parcels weighed when they were packed (MIS-1)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Weights at packing."""

    dependencies = [
        ("logistics", "0007_unclaimed_parcels"),
    ]

    operations = [
        migrations.CreateModel(
            name="Packing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("packed_weight_g", models.PositiveIntegerField(verbose_name="weight packed, g")),
                ("expected_weight_g", models.PositiveIntegerField(null=True, verbose_name="weight of the goods, g")),
                ("weighed_by", models.CharField(max_length=60)),
                ("weighed_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packings", to="logistics.parcel"
                    ),
                ),
            ],
            options={
                "verbose_name": "packing",
                "verbose_name_plural": "packings",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)), fields=("parcel",), name="one_current_packing"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("packed_weight_g__gt", 0)), name="packing_weighs_something"
                    ),
                ],
            },
        ),
    ]
