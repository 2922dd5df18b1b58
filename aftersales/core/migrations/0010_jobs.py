"""Jobs: long work of a person, with progress and a file."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_records_are_erased"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("kind", models.CharField(max_length=24, verbose_name="kind")),
                ("params", models.JSONField(default=dict, help_text="what was asked for, as it was then")),
                ("cursor", models.JSONField(default=dict, help_text="where the next batch begins")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting for a worker"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("ok", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("written", models.BigIntegerField(default=0, help_text="bytes of the unfinished file that count")),
                (
                    "claim",
                    models.PositiveIntegerField(
                        default=0, help_text="whose turn it is: each worker that takes it counts up"
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="since the last batch that went well"),
                ),
                ("stop_asked", models.BooleanField(default=False)),
                ("has_file", models.BooleanField(default=False)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(verbose_name="started")),
                ("started_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(help_text="last sign of life of its worker", null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["queued", "running"])), fields=["id"], name="job_open"
                    ),
                    models.Index(fields=["user", "-id"], name="job_of_person"),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False)), fields=["finished_at"], name="job_old"
                    ),
                ],
            },
        ),
    ]
