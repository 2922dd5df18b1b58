"""What was seen to is listed, the last first (LOG-6)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The order of that list."""

    dependencies = [("logistics", "0018_matches_can_be_taken_back")]

    operations = [
        migrations.AddIndex(
            model_name="attention",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["-ended_at", "-id"],
                name="attention_ended",
            ),
        ),
    ]
