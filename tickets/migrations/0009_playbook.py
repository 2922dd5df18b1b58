"""Drafts and versions of the playbook, their trials; what was published is never rewritten or deleted (DEC)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION tickets_playbook_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.published_at IS NULL THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.published_at IS NULL OR (OLD.withdrawn_at IS NULL
     AND to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by_id' = to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by_id')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a published playbook stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tickets_playbookversion_stays BEFORE UPDATE OR DELETE ON tickets_playbookversion
  FOR EACH ROW EXECUTE FUNCTION tickets_playbook_stays();
CREATE TRIGGER tickets_playbookversion_no_truncate BEFORE TRUNCATE ON tickets_playbookversion
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
BACKWARD = """
DROP TRIGGER tickets_playbookversion_no_truncate ON tickets_playbookversion;
DROP TRIGGER tickets_playbookversion_stays ON tickets_playbookversion;
DROP FUNCTION tickets_playbook_stays();
"""


class Migration(migrations.Migration):
    """The tables of the playbook, and the trigger that keeps what was published."""

    dependencies = [
        ("tickets", "0008_guided_in_vain"),
        ("core", "0002_log_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaybookVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(null=True, unique=True, verbose_name="number")),
                ("rules", models.JSONField(verbose_name="rules")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("version", models.PositiveIntegerField(default=1, help_text="counts the changes of a draft")),
                ("created_at", models.DateTimeField(verbose_name="written")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                ("effective_at", models.DateTimeField(null=True, verbose_name="in force from")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                (
                    "based_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.playbookversion",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "playbook version",
                "verbose_name_plural": "playbook versions",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PlaybookTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rules", models.JSONField()),
                ("since", models.DateTimeField(help_text="decided from then on")),
                ("until", models.DateTimeField(help_text="decided before")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting for a worker"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(verbose_name="started")),
                ("seen_at", models.DateTimeField(help_text="last sign of life of its worker", null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="trials", to="tickets.playbookversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "trial of a playbook",
                "verbose_name_plural": "trials of playbooks",
                "ordering": ["-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="playbookversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("effective_at", None),
                        ("number", None),
                        ("published_at", None),
                        ("published_by", None),
                        ("withdrawn_at", None),
                    ),
                    models.Q(
                        ("effective_at__isnull", False),
                        ("number__isnull", False),
                        ("published_at__isnull", False),
                        ("published_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="playbook_published_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="playbookversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_at", None), ("effective_at__gte", models.F("published_at")), _connector="OR"
                ),
                name="playbook_never_in_the_past",
            ),
        ),
        migrations.AddConstraint(
            model_name="playbookversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None), ("withdrawn_at__lt", models.F("effective_at")), _connector="OR"
                ),
                name="playbook_withdrawn_before_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="playbookversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("effective_at",),
                name="playbook_one_version_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="playbooktrial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["queued", "running"])),
                fields=("draft",),
                name="one_open_trial_per_draft",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
