"""Feedback cases, the requests behind them, and what the desk reported (SAT-2)."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of feedback."""

    initial = True

    dependencies = [
        ("core", "0010_jobs"),
        ("orders", "0007_records_are_erased"),
        ("refunds", "0023_records_are_erased"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_no", models.CharField(max_length=32, unique=True, verbose_name="case number")),
                ("item_id", models.CharField(max_length=64, verbose_name="item")),
                ("goods_no", models.CharField(blank=True, max_length=64, verbose_name="goods number")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("seven_day", "Seven-day return without reason"),
                            ("not_as_described", "Not as described"),
                            ("quality", "Quality fault"),
                            ("damaged", "Damaged on arrival"),
                            ("wrong_or_missing", "Wrong or missing items"),
                            ("postage", "Refund of postage"),
                            ("not_received", "Not received"),
                            ("invoice", "Invoice"),
                            ("no_longer_wanted", "No longer wanted"),
                            ("ordered_by_mistake", "Ordered by mistake"),
                            ("not_shipped_in_time", "Not shipped in time"),
                            ("out_of_stock", "Out of stock"),
                            ("counterfeit", "Counterfeit"),
                            ("lost_or_empty", "Empty or lost parcel"),
                            ("price_difference", "Price difference"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("counted", "Counted from requests"), ("reported", "Reported by the desk")],
                        max_length=10,
                        verbose_name="origin",
                    ),
                ),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("open", "To take on"),
                            ("taken", "Taken on"),
                            ("answered", "Answered"),
                            ("measured", "Effect measured"),
                            ("closed", "Closed"),
                        ],
                        max_length=12,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("counted_from", models.DateTimeField(help_text="requests from then on belong to it")),
                ("found_cases", models.PositiveIntegerField(default=0, verbose_name="cases when it came up")),
                ("found_units", models.PositiveIntegerField(default=0, verbose_name="units sold in that time")),
                ("asked_at", models.DateTimeField(help_text="opened, or opened again", verbose_name="asked")),
                ("answer_due_at", models.DateTimeField(null=True, verbose_name="answer due")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                (
                    "remedy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("page_changed", "Page of the item changed"),
                            ("supplier_told", "Supplier told"),
                            ("batch_stopped", "Batch stopped"),
                            ("no_change", "No change"),
                        ],
                        max_length=16,
                        verbose_name="answer",
                    ),
                ),
                ("answer_text", models.CharField(blank=True, max_length=500, verbose_name="what is done, and why")),
                ("effective_on", models.DateField(null=True, verbose_name="in effect from")),
                ("answered_by", models.CharField(blank=True, max_length=60)),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                (
                    "reopened",
                    models.PositiveSmallIntegerField(default=0, help_text="so many times", verbose_name="opened again"),
                ),
                (
                    "effect_days",
                    models.PositiveSmallIntegerField(help_text="days on each side of the answer", null=True),
                ),
                ("before_cases", models.PositiveIntegerField(null=True)),
                ("before_units", models.PositiveIntegerField(null=True)),
                ("after_cases", models.PositiveIntegerField(null=True)),
                ("after_units", models.PositiveIntegerField(null=True)),
                ("measured_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("opened_by", models.CharField(max_length=60, verbose_name="opened by")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        help_text="where it came up first",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback case",
                "verbose_name_plural": "feedback cases",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="FeedbackEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(help_text="when the buyer applied")),
                ("joined_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="feedback.feedbackcase"
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.refund"
                    ),
                ),
            ],
            options={
                "verbose_name": "request behind a feedback case",
                "verbose_name_plural": "requests behind feedback cases",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="FeedbackReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page_says", models.CharField(max_length=500, verbose_name="what the page says")),
                ("came", models.CharField(max_length=500, verbose_name="what came")),
                ("author_name", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="feedback.feedbackcase"
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.refund"
                    ),
                ),
            ],
            options={
                "verbose_name": "report of a page that says otherwise",
                "verbose_name_plural": "reports of pages that say otherwise",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="feedbackcase",
            index=models.Index(
                condition=models.Q(("status__in", ("open", "taken"))),
                fields=["status", "answer_due_at", "id"],
                name="feedback_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="feedbackcase",
            index=models.Index(
                condition=models.Q(("status", "answered")), fields=["effective_on", "id"], name="feedback_to_measure"
            ),
        ),
        migrations.AddIndex(
            model_name="feedbackcase",
            index=models.Index(fields=["status", "-id"], name="feedback_status"),
        ),
        migrations.AddIndex(
            model_name="feedbackcase",
            index=models.Index(fields=["shop", "item_id", "reason", "-id"], name="feedback_item"),
        ),
        migrations.AddIndex(
            model_name="feedbackcase",
            index=models.Index(fields=["shop", "updated_at", "id"], name="feedback_updated"),
        ),
        migrations.AddConstraint(
            model_name="feedbackcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=("shop", "item_id", "reason"),
                name="feedback_one_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbackcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("item_id", ""), _negated=True), name="feedback_of_an_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbackcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer_text", ""),
                        ("answered_at", None),
                        ("effective_on", None),
                        ("remedy", ""),
                        ("status__in", ("open", "taken")),
                    ),
                    models.Q(
                        models.Q(("status__in", ("open", "taken")), _negated=True),
                        models.Q(("remedy", ""), _negated=True),
                        models.Q(("answer_text", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("effective_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="feedback_answered_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbackcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ("measured", "closed")),
                        ("after_cases__isnull", False),
                        ("after_units__isnull", False),
                        ("before_cases__isnull", False),
                        ("before_units__isnull", False),
                        ("effect_days__isnull", False),
                        ("measured_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("status__in", ("measured", "closed")), _negated=True),
                        ("after_cases", None),
                        ("after_units", None),
                        ("before_cases", None),
                        ("before_units", None),
                        ("effect_days", None),
                        ("measured_at", None),
                    ),
                    _connector="OR",
                ),
                name="feedback_measured_has_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbackcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(models.Q(("status", "closed"), _negated=True), ("closed_at", None)),
                    _connector="OR",
                ),
                name="feedback_closed_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="feedbackevidence",
            index=models.Index(fields=["case", "-id"], name="feedback_evidence_newest"),
        ),
        migrations.AddConstraint(
            model_name="feedbackevidence",
            constraint=models.UniqueConstraint(fields=("case", "order_line"), name="feedback_line_once"),
        ),
        migrations.AddConstraint(
            model_name="feedbackreport",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("page_says", ""), _negated=True), models.Q(("came", ""), _negated=True)),
                name="feedback_report_says_both",
            ),
        ),
        migrations.RunSQL("CREATE SEQUENCE feedback_case_no;", "DROP SEQUENCE feedback_case_no;"),
    ]
