"""Agents as automatic assignment sees them: presence, skills, limit."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0010_jobs"),
        ("tickets", "0024_feedback_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskAgent",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="desk_agent",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "presence",
                    models.CharField(
                        choices=[("present", "Present"), ("away", "Away"), ("off", "Off duty")],
                        default="off",
                        max_length=8,
                        verbose_name="presence",
                    ),
                ),
                (
                    "by_itself",
                    models.BooleanField(
                        default=False, help_text="away for want of a sign of life: the next one ends it"
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("seen_at", models.DateTimeField(verbose_name="last sign of life")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        default=list,
                        help_text="of tickets; empty: all",
                        size=None,
                    ),
                ),
                (
                    "shops",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="empty: all that he sees",
                        size=None,
                    ),
                ),
                (
                    "most_open",
                    models.PositiveSmallIntegerField(
                        help_text="empty: as the policy says", null=True, verbose_name="most open tickets"
                    ),
                ),
            ],
            options={
                "verbose_name": "agent at the desk",
                "verbose_name_plural": "agents at the desk",
                "indexes": [
                    models.Index(
                        condition=models.Q(("presence", "present")), fields=["seen_at"], name="desk_agent_present"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by_itself", False), ("presence", "away"), _connector="OR"),
                        name="only_away_by_itself",
                    )
                ],
            },
        ),
    ]
