"""Lists kept under a name, own and of a team."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("tickets", "0020_canned_replies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "listing",
                    models.CharField(
                        choices=[("queue", "Refunds"), ("tickets", "Tickets")], max_length=10, verbose_name="list"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=30, verbose_name="name")),
                ("params", models.JSONField(default=dict)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        default=list,
                        help_text="empty: as the person has them",
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.shop"
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner__isnull", False), ("shop", None)),
                            models.Q(("owner", None), ("shop__isnull", False), models.Q(("name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="view_is_own_or_of_a_team",
                    ),
                    models.UniqueConstraint(fields=("owner", "listing", "name"), name="own_view_once"),
                    models.UniqueConstraint(fields=("shop", "listing", "name"), name="team_view_once"),
                ],
            },
        ),
    ]
