"""Service files, service sheets, and what belongs to them (SVC, WAR-2)."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables, and the sequences of their public numbers."""

    initial = True

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("orders", "0006_lines_are_found_by_item"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_no", models.CharField(max_length=32, unique=True, verbose_name="file number")),
                (
                    "unit",
                    models.PositiveIntegerField(
                        default=1, help_text="which of the line's units, from 1", verbose_name="unit"
                    ),
                ),
                (
                    "sale_type",
                    models.CharField(
                        choices=[("consumer", "Consumer"), ("government", "Government procurement")],
                        max_length=12,
                        verbose_name="sold to",
                    ),
                ),
                ("contract_no", models.CharField(blank=True, max_length=64, verbose_name="contract number")),
                ("months", models.PositiveSmallIntegerField(verbose_name="warranty in months")),
                ("accepted_on", models.DateField(null=True, verbose_name="accepted on")),
                ("opened_by", models.CharField(max_length=60, verbose_name="opened by")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="service_files", to="orders.orderline"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "service file",
                "verbose_name_plural": "service files",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ServiceSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet_no", models.CharField(max_length=32, unique=True, verbose_name="sheet number")),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("reported", "Reported"),
                            ("assigned", "Engineer assigned"),
                            ("on_the_way", "On the way"),
                            ("quoted", "Quoted"),
                            ("accepted", "Quotation accepted"),
                            ("repaired", "Repaired, to be paid"),
                            ("paid", "Paid"),
                            ("awaited", "Goods expected"),
                            ("testing", "Being tested"),
                            ("found", "Tested"),
                            ("done", "Done, sheet outstanding"),
                            ("archived", "Archived"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=12,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "way",
                    models.CharField(
                        choices=[("visit", "On site"), ("sent_in", "Goods sent in")], max_length=12, verbose_name="way"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="fault")),
                ("is_emergency", models.BooleanField(default=False, verbose_name="emergency")),
                ("is_incomplete", models.BooleanField(default=False, verbose_name="incomplete")),
                ("contact_name", models.CharField(blank=True, max_length=60, verbose_name="contact")),
                ("contact_phone", models.CharField(blank=True, max_length=24, verbose_name="phone")),
                ("address", models.CharField(blank=True, max_length=420, verbose_name="address")),
                (
                    "charge",
                    models.CharField(
                        choices=[
                            ("warranty", "In warranty"),
                            ("open", "To be decided"),
                            ("asked", "Free of charge? To approve"),
                            ("free", "Free of charge, approved"),
                            ("paid", "Charged"),
                        ],
                        max_length=12,
                        verbose_name="charge",
                    ),
                ),
                ("charge_reason", models.CharField(blank=True, max_length=200, verbose_name="why free of charge")),
                ("visit_at", models.DateTimeField(null=True, verbose_name="visit")),
                ("respond_due_at", models.DateTimeField(verbose_name="response due")),
                ("called_at", models.DateTimeField(null=True, verbose_name="buyer called")),
                ("responded_at", models.DateTimeField(null=True, verbose_name="responded")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                ("diagnosis", models.CharField(blank=True, max_length=500, verbose_name="diagnosis")),
                ("work", models.CharField(blank=True, max_length=500, verbose_name="what was done")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("repaired", "Repaired"),
                            ("by_phone", "Solved by phone"),
                            ("declined", "Quotation declined"),
                            ("sent_back", "Sent back"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                ("quoted_fen", models.PositiveBigIntegerField(null=True, verbose_name="quoted")),
                ("accepted_by", models.CharField(blank=True, max_length=60, verbose_name="accepted by")),
                (
                    "accepted_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "By phone"),
                            ("chat", "In the chat"),
                            ("paper", "Signed on paper"),
                            ("online", "In the shop"),
                        ],
                        max_length=12,
                        verbose_name="accepted how",
                    ),
                ),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted")),
                ("paid_fen", models.PositiveBigIntegerField(null=True, verbose_name="paid")),
                (
                    "paid_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cash", "Cash"),
                            ("alipay", "Alipay"),
                            ("wechat", "WeChat Pay"),
                            ("transfer", "Bank transfer"),
                        ],
                        max_length=12,
                        verbose_name="paid by",
                    ),
                ),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("invoice_wanted", models.BooleanField(null=True, verbose_name="invoice wanted")),
                ("terms_version", models.CharField(blank=True, max_length=20, verbose_name="terms of testing")),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "Fault confirmed"),
                            ("no_fault", "No fault"),
                            ("user_caused", "Caused by the user"),
                        ],
                        max_length=12,
                        verbose_name="finding",
                    ),
                ),
                ("received_at", models.DateTimeField(null=True, verbose_name="goods came")),
                ("sent_back_at", models.DateTimeField(null=True, verbose_name="sent back")),
                ("freight_in_fen", models.PositiveBigIntegerField(null=True, verbose_name="freight here")),
                ("freight_out_fen", models.PositiveBigIntegerField(null=True, verbose_name="freight back")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("filed_by", models.CharField(max_length=60, verbose_name="recorded by")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "engineer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="engineer",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="service.servicefile"
                    ),
                ),
                (
                    "free_approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "free_asked_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="service_sheets", to="orders.order"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "service sheet",
                "verbose_name_plural": "service sheets",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ServiceQuote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lines", models.JSONField(verbose_name="lines")),
                ("total_fen", models.PositiveBigIntegerField(verbose_name="total")),
                ("quoted_by", models.CharField(max_length=60, verbose_name="quoted by")),
                ("quoted_at", models.DateTimeField(verbose_name="quoted")),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="service.servicesheet"
                    ),
                ),
            ],
            options={
                "verbose_name": "quotation",
                "verbose_name_plural": "quotations",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ServiceDispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_by", models.CharField(max_length=60, verbose_name="sent by")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("done_at", models.DateTimeField(null=True, verbose_name="sheet came back")),
                (
                    "engineer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="engineer",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatches",
                        to="service.servicesheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "dispatch",
                "verbose_name_plural": "dispatches",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("terms_version", models.CharField(max_length=20, verbose_name="version")),
                ("terms", models.CharField(max_length=200, verbose_name="terms of testing")),
                ("accepted_by", models.CharField(max_length=60, verbose_name="accepted by")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("phone", "By phone"),
                            ("chat", "In the chat"),
                            ("paper", "Signed on paper"),
                            ("online", "In the shop"),
                        ],
                        max_length=12,
                        verbose_name="accepted how",
                    ),
                ),
                ("accepted_at", models.DateTimeField(verbose_name="accepted")),
                ("recorded_by", models.CharField(max_length=60, verbose_name="recorded by")),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="service.servicesheet"
                    ),
                ),
            ],
            options={
                "verbose_name": "acceptance of the terms of testing",
                "verbose_name_plural": "acceptances of the terms of testing",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="servicefile",
            index=models.Index(
                condition=models.Q(("contract_no", ""), _negated=True),
                fields=["contract_no"],
                name="service_file_contract",
            ),
        ),
        migrations.AddIndex(
            model_name="servicefile",
            index=models.Index(fields=["shop", "-id"], name="service_file_of_shop"),
        ),
        migrations.AddConstraint(
            model_name="servicefile",
            constraint=models.UniqueConstraint(fields=("order_line", "unit"), name="service_file_of_unit"),
        ),
        migrations.AddConstraint(
            model_name="servicefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__lte", 240), ("unit__gt", 0)), name="service_file_makes_sense"
            ),
        ),
        migrations.AddIndex(
            model_name="servicesheet",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "reported",
                            "assigned",
                            "on_the_way",
                            "quoted",
                            "accepted",
                            "repaired",
                            "paid",
                            "awaited",
                            "testing",
                            "found",
                            "done",
                        ),
                    )
                ),
                fields=["status", "respond_due_at", "id"],
                name="service_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="servicesheet",
            index=models.Index(
                condition=models.Q(("is_late", True), ("status__in", ("reported", "assigned"))),
                fields=["respond_due_at", "id"],
                name="service_late",
            ),
        ),
        migrations.AddIndex(
            model_name="servicesheet",
            index=models.Index(condition=models.Q(("is_incomplete", True)), fields=["id"], name="service_incomplete"),
        ),
        migrations.AddIndex(
            model_name="servicesheet",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "reported",
                            "assigned",
                            "on_the_way",
                            "quoted",
                            "accepted",
                            "repaired",
                            "paid",
                            "awaited",
                            "testing",
                            "found",
                            "done",
                        ),
                    )
                ),
                fields=["engineer", "visit_at"],
                name="service_engineer",
            ),
        ),
        migrations.AddIndex(
            model_name="servicesheet",
            index=models.Index(fields=["shop", "updated_at", "id"], name="service_updated"),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="service_sheet_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status__in", ("archived", "cancelled"))),
                    models.Q(models.Q(("status__in", ("archived", "cancelled")), _negated=True), ("closed_at", None)),
                    _connector="OR",
                ),
                name="service_sheet_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "archived"), _negated=True),
                    models.Q(("is_incomplete", False), models.Q(("result", ""), _negated=True)),
                    _connector="OR",
                ),
                name="service_sheet_archived_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge", "free"), _negated=True),
                    models.Q(
                        ("free_approved_by__isnull", False),
                        models.Q(("free_approved_by", models.F("free_asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="service_sheet_free_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("paid_fen", None),
                    models.Q(("accepted_at__isnull", False), ("charge", "paid"), ("paid_fen", models.F("quoted_fen"))),
                    _connector="OR",
                ),
                name="service_sheet_paid_as_quoted",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("awaited", "testing", "found")), _negated=True),
                    models.Q(("terms_version", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_sheet_terms_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicesheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ("assigned", "on_the_way", "quoted", "accepted", "repaired", "paid")),
                        _negated=True,
                    ),
                    ("engineer__isnull", False),
                    _connector="OR",
                ),
                name="service_sheet_has_engineer",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicedispatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None)), fields=("sheet",), name="one_open_dispatch_of_a_sheet"
            ),
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE service_file_no; CREATE SEQUENCE service_sheet_no;",
            "DROP SEQUENCE service_sheet_no; DROP SEQUENCE service_file_no;",
        ),
    ]
