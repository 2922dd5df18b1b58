"""The lines that an item was sold on are found, the last ones first: other sizes and colours to offer (DEC-5)."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("orders", "0005_held_back")]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(condition=~Q(item_id=""), fields=["item_id", "id"], name="line_of_item"),
        ),
    ]
