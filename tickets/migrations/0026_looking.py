"""Who has which case before him just now."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0010_jobs"),
        ("tickets", "0025_desk_agents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Looking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32)),
                (
                    "twin",
                    models.CharField(
                        blank=True, help_text="the ticket of the request, or the other way round", max_length=32
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("typed_at", models.DateTimeField(null=True)),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.shop"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "look at a case",
                "verbose_name_plural": "looks at cases",
                "indexes": [models.Index(fields=["-seen_at"], name="looking_now")],
                "constraints": [models.UniqueConstraint(fields=("user", "number"), name="looking_once")],
            },
        ),
    ]
