"""A line says whether it was sold as a special offer, from which a member level takes nothing off (ORD-8)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column; lines that are there already were regularly priced."""

    dependencies = [("orders", "0007_records_are_erased")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="special_offer",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="member levels take nothing off it (ORD-8)",
                verbose_name="special offer",
            ),
        ),
    ]
