"""Surveys, their answers and calls (SAT-1)."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of surveys, of their answers and of the calls."""

    initial = True

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("orders", "0006_lines_are_found_by_item"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("survey_no", models.CharField(max_length=32, unique=True, verbose_name="survey number")),
                ("code", models.CharField(max_length=24, unique=True)),
                (
                    "subject_kind",
                    models.CharField(
                        choices=[("ticket", "Ticket"), ("request", "Request"), ("sheet", "Service sheet")],
                        max_length=8,
                        verbose_name="about",
                    ),
                ),
                ("subject_no", models.CharField(max_length=64, verbose_name="number")),
                ("item_id", models.CharField(blank=True, max_length=64, verbose_name="item")),
                ("item_title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("matter", models.CharField(blank=True, max_length=24, verbose_name="reason")),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("asked", "Sent"),
                            ("calling", "To call"),
                            ("answered", "Answered"),
                            ("closed", "Without an answer"),
                        ],
                        max_length=12,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("expires_at", models.DateTimeField(verbose_name="link valid until")),
                (
                    "call_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("silent", "Did not answer the survey"),
                            ("low", "Gave a low mark"),
                            ("sheet", "Service sheet came back"),
                        ],
                        max_length=8,
                        verbose_name="why he is called",
                    ),
                ),
                ("call_due_at", models.DateTimeField(null=True, verbose_name="call due")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="calls")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("lowest", models.PositiveSmallIntegerField(null=True, verbose_name="lowest mark")),
                ("is_low", models.BooleanField(default=False, verbose_name="low mark")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agent",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="surveys", to="orders.order"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("goods", models.PositiveSmallIntegerField(verbose_name="Goods")),
                ("attitude", models.PositiveSmallIntegerField(verbose_name="Attitude")),
                ("speed", models.PositiveSmallIntegerField(verbose_name="Speed")),
                ("price", models.PositiveSmallIntegerField(verbose_name="Price")),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="comment")),
                (
                    "via",
                    models.CharField(
                        choices=[("link", "By the link"), ("call", "By phone")], max_length=8, verbose_name="how"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a survey",
                "verbose_name_plural": "answers to surveys",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SurveyCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reached", "Reached"),
                            ("no_answer", "No answer"),
                            ("refused", "Does not want to"),
                            ("wrong_number", "Wrong number"),
                        ],
                        max_length=12,
                        verbose_name="what came of it",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("next_at", models.DateTimeField(null=True, verbose_name="next call")),
                ("author_name", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="surveys.survey"
                    ),
                ),
            ],
            options={
                "verbose_name": "call for a survey",
                "verbose_name_plural": "calls for surveys",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="survey",
            index=models.Index(
                condition=models.Q(("status", "calling")), fields=["call_due_at", "id"], name="survey_to_call"
            ),
        ),
        migrations.AddIndex(
            model_name="survey",
            index=models.Index(condition=models.Q(("tries__gt", 0)), fields=["-id"], name="survey_was_called"),
        ),
        migrations.AddIndex(
            model_name="survey",
            index=models.Index(fields=["created_at", "id"], name="survey_asked_at"),
        ),
        migrations.AddIndex(
            model_name="survey",
            index=models.Index(fields=["shop", "updated_at", "id"], name="survey_updated"),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.UniqueConstraint(fields=("subject_kind", "subject_no"), name="survey_once_of_a_subject"),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "calling"), _negated=True),
                    models.Q(("call_due_at__isnull", False), models.Q(("call_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="survey_call_has_time_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("is_low", False), ("lowest", None)),
                    models.Q(("answered_at__isnull", False), ("lowest__range", (1, 5))),
                    _connector="OR",
                ),
                name="survey_answered_has_mark",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "answered"), _negated=True), ("answered_at__isnull", False), _connector="OR"
                ),
                name="survey_answered_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("asked", "closed")), _negated=True), ("answered_at", None), _connector="OR"
                ),
                name="survey_unanswered_has_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status__in", ("answered", "closed"))),
                    models.Q(("closed_at", None), ("status__in", ("asked", "calling"))),
                    _connector="OR",
                ),
                name="survey_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attitude__range", (1, 5)),
                    ("goods__range", (1, 5)),
                    ("price__range", (1, 5)),
                    ("speed__range", (1, 5)),
                ),
                name="survey_marks_from_1_to_5",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveycall",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_at", None), ("outcome", "no_answer"), _connector="OR"),
                name="survey_call_again_after_no_answer",
            ),
        ),
        migrations.RunSQL("CREATE SEQUENCE surveys_survey_no;", "DROP SEQUENCE surveys_survey_no;"),
    ]
