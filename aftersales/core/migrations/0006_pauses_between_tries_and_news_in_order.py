"""A deadline that broke waits before it is tried again; news is claimed in order by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_consistency_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="next_try_at",
            field=models.DateTimeField(help_text="when it is tried again after it broke", null=True),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("attempts__gt", 0), ("status", "running")),
                fields=["next_try_at", "id"],
                name="deadline_troubled",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxevent",
            index=models.Index(
                condition=models.Q(("delivered_at", None)),
                fields=["subject_type", "subject_id", "id"],
                name="outbox_in_order",
            ),
        ),
    ]
