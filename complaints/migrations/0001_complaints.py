"""Complaints and the replies to them (CMP-1)."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of complaints and of the replies to them."""

    initial = True

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("orders", "0005_held_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("complaint_no", models.CharField(max_length=32, unique=True, verbose_name="complaint number")),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("received", "To answer"),
                            ("escalated", "With the supervisor"),
                            ("answered", "Answered"),
                            ("closed", "Closed"),
                        ],
                        max_length=12,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("platform", "Platform"),
                            ("authority", "Authority (12315)"),
                            ("hotline", "Hotline"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        choices=[
                            ("quality", "Quality"),
                            ("description", "Not as described"),
                            ("counterfeit", "Counterfeit"),
                            ("logistics", "Shipping and logistics"),
                            ("refund", "Refund not given"),
                            ("promise", "Promise not kept"),
                            ("service", "Attitude of service"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="problem",
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=64, verbose_name="reference number of the source"),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                ("reply_due_at", models.DateTimeField(verbose_name="reply due")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "Upheld"),
                            ("rejected", "Rejected"),
                            ("settled", "Settled"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                (
                    "malice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("asked", "Malicious? To approve"),
                            ("confirmed", "Malicious"),
                            ("refused", "Not malicious"),
                        ],
                        max_length=12,
                        verbose_name="malicious",
                    ),
                ),
                ("malice_reasons", models.CharField(blank=True, max_length=500, verbose_name="why it is malicious")),
                ("settlement", models.CharField(blank=True, max_length=500, verbose_name="settlement")),
                (
                    "settlement_fen",
                    models.PositiveBigIntegerField(
                        help_text="for information: it is paid by a refund or payout",
                        null=True,
                        verbose_name="amount of the settlement",
                    ),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("filed_by", models.CharField(max_length=60, verbose_name="recorded by")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "malice_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "malice_judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="complaints", to="orders.order"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "complaint",
                "verbose_name_plural": "complaints",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ComplaintReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500, verbose_name="reply")),
                ("author_name", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="complaints.complaint"
                    ),
                ),
            ],
            options={
                "verbose_name": "reply to a complaint",
                "verbose_name_plural": "replies to complaints",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("status__in", ("received", "escalated", "answered"))),
                fields=["status", "reply_due_at", "id"],
                name="complaint_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(condition=models.Q(("malice", "asked")), fields=["id"], name="complaint_to_judge"),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("is_late", True), ("status__in", ("received", "escalated"))),
                fields=["reply_due_at", "id"],
                name="complaint_late",
            ),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(fields=["shop", "updated_at", "id"], name="complaint_updated"),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="complaint_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False), ("status", "closed"), models.Q(("result", ""), _negated=True)
                    ),
                    models.Q(models.Q(("status", "closed"), _negated=True), ("closed_at", None), ("result", "")),
                    _connector="OR",
                ),
                name="complaint_closed_has_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "answered"), _negated=True), ("answered_at__isnull", False), _connector="OR"
                ),
                name="complaint_answered_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("result", "settled"),
                        ("settlement_fen__isnull", False),
                        models.Q(("settlement", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("result", "settled"), _negated=True), ("settlement", ""), ("settlement_fen", None)
                    ),
                    _connector="OR",
                ),
                name="complaint_settled_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("malice", ""), ("malice_asked_by", None), ("malice_reasons", "")),
                    models.Q(
                        models.Q(("malice", ""), _negated=True),
                        models.Q(("malice_reasons", ""), _negated=True),
                        ("malice_asked_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="complaint_malice_has_reasons",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("malice__in", ("", "asked")), ("malice_judged_by", None)),
                    models.Q(
                        ("malice__in", ("confirmed", "refused")),
                        ("malice_judged_by__isnull", False),
                        models.Q(("malice_judged_by", models.F("malice_asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="complaint_malice_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("shop", "source", "reference"),
                name="complaint_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaintreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="complaint_reply_says_something"
            ),
        ),
        migrations.RunSQL("CREATE SEQUENCE complaints_complaint_no;", "DROP SEQUENCE complaints_complaint_no;"),
    ]
