"""A buyer may be looked at on the page of an order that no request belongs to (LAW-7)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The request is optional."""

    dependencies = [
        ("refunds", "0006_filter_inside_the_index"),
        ("tickets", "0003_disclosures_stay"),
    ]

    operations = [
        migrations.AlterField(
            model_name="disclosure",
            name="refund",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="refunds.refund"
            ),
        ),
    ]
