"""Parked webhook messages are found by their age, as delivered ones are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0010_jobs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("status", "parked")), fields=["finished_at"], name="webhook_old_parked"
            ),
        ),
    ]
