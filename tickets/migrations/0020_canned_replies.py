"""Ready words, their versions (which stay), and how often each is used (TKT-3)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STAY = """
CREATE TRIGGER tickets_cannedreplyversion_no_rewrite BEFORE UPDATE OR DELETE ON tickets_cannedreplyversion
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER tickets_cannedreplyversion_no_truncate BEFORE TRUNCATE ON tickets_cannedreplyversion
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
GO = """
DROP TRIGGER tickets_cannedreplyversion_no_truncate ON tickets_cannedreplyversion;
DROP TRIGGER tickets_cannedreplyversion_no_rewrite ON tickets_cannedreplyversion;
"""


class Migration(migrations.Migration):
    """Three tables; the versions cannot be rewritten."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("tickets", "0019_low_mark_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("default_key", models.CharField(blank=True, max_length=60)),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("opening", "Opening"),
                            ("apology", "Apology"),
                            ("explanation", "Explanation"),
                            ("solution", "Solution"),
                            ("closing", "Closing"),
                        ],
                        max_length=12,
                        verbose_name="part of the reply",
                    ),
                ),
                (
                    "situation",
                    models.CharField(
                        choices=[
                            ("general", "Any case"),
                            ("not_shipped", "Not shipped yet"),
                            ("void_failed", "Could not be stopped"),
                            ("out_of_stock", "Out of stock"),
                            ("return", "Return"),
                            ("exchange", "Exchange"),
                            ("guide", "Ask to correct the request"),
                            ("refuse", "Refusal"),
                            ("evidence", "Ask for evidence"),
                            ("refund", "Where the money is"),
                            ("postage", "Return postage"),
                            ("price", "Price difference"),
                            ("logistics", "Parcel"),
                            ("missing", "Goods missing"),
                            ("gift", "Gift"),
                            ("quality", "Faulty goods"),
                            ("warranty", "Warranty and repair"),
                            ("invoice", "Invoice"),
                            ("complaint", "Complaint"),
                            ("promise", "Promise, call-back"),
                        ],
                        max_length=16,
                        verbose_name="situation",
                    ),
                ),
                ("shortcut", models.CharField(blank=True, max_length=20, verbose_name="shortcut")),
                ("title", models.CharField(max_length=60, verbose_name="name")),
                ("text", models.TextField(blank=True, max_length=1500, verbose_name="words")),
                ("actions", models.JSONField(blank=True, default=list, help_text="what a macro does beside its words")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_replies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.shop",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "canned reply",
                "verbose_name_plural": "canned replies",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CannedReplyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField(help_text="the fields by name")),
                ("created_at", models.DateTimeField(verbose_name="changed")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tickets.cannedreply"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a canned reply",
                "verbose_name_plural": "versions of canned replies",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ReplyUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("uses", models.PositiveIntegerField(default=1)),
                ("last_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "use of ready words",
                "verbose_name_plural": "uses of ready words",
            },
        ),
        migrations.AddConstraint(
            model_name="cannedreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("default_key", ""), ("owner", None), _connector="OR"),
                name="canned_reply_replaces_for_a_team_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="cannedreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True), models.Q(("actions", []), _negated=True), _connector="OR"
                ),
                name="canned_reply_does_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="cannedreply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("default_key", ""), _negated=True),
                fields=("default_key", "language", "shop"),
                name="canned_reply_replaces_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="cannedreplyversion",
            constraint=models.UniqueConstraint(fields=("reply", "number"), name="canned_reply_version_once"),
        ),
        migrations.AddConstraint(
            model_name="replyuse",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="reply_use_once_a_person"),
        ),
        migrations.RunSQL(STAY, GO),
    ]
