"""Lines know what is held back of their share while goods of their bundle are kept, within the share (AMT-3, LAW-3)."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Two columns, and the cap that counts what is held."""

    dependencies = [("orders", "0004_search_by_person")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="bundle_from_fen",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="the reduction holds while as much is kept; 0: all (AMT-3)",
                verbose_name="threshold",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="held_fen",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="held back for what is kept of the bundle, or a gift (AMT-3, LAW-3)",
            ),
        ),
        migrations.RemoveConstraint(model_name="orderline", name="line_never_over_refunded"),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=Q(paid_share_fen__gte=F("promised_fen") + F("refunded_fen") + F("held_fen")),
                name="line_never_over_refunded",
            ),
        ),
    ]
