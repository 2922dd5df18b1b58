"""Invoices and their numbers (INV-1)."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of invoices."""

    initial = True

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("orders", "0005_held_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_no", models.CharField(max_length=32, unique=True, verbose_name="request number")),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("requested", "To issue"),
                            ("returned", "To correct"),
                            ("issued", "To tell the buyer"),
                            ("told", "Buyer told"),
                            ("reversed", "Reversed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "title_kind",
                    models.CharField(
                        choices=[("personal", "Personal"), ("company", "Company")],
                        default="personal",
                        max_length=8,
                        verbose_name="kind of title",
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("tax_no", models.CharField(blank=True, max_length=20, verbose_name="tax number")),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("question", models.CharField(blank=True, max_length=200, verbose_name="what finance asks")),
                ("code", models.CharField(blank=True, max_length=12, verbose_name="invoice code")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="invoice number")),
                ("issued_at", models.DateTimeField(null=True, verbose_name="issued")),
                ("told_at", models.DateTimeField(null=True, verbose_name="buyer told")),
                ("red_number", models.CharField(blank=True, max_length=20, verbose_name="number of the red invoice")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                ("requested_by", models.CharField(max_length=60, verbose_name="requested by")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "issued_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="orders.order"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("requested", "returned", "issued"))),
                        fields=["status", "id"],
                        name="invoice_waiting",
                    ),
                    models.Index(condition=models.Q(("is_late", True)), fields=["id"], name="invoice_late"),
                    models.Index(fields=["shop", "updated_at", "id"], name="invoice_updated"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0), models.Q(("title", ""), _negated=True)),
                        name="invoice_has_amount_and_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_kind", "company"), models.Q(("tax_no", ""), _negated=True)),
                            models.Q(("tax_no", ""), ("title_kind", "personal")),
                            _connector="OR",
                        ),
                        name="invoice_company_has_tax_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", False),
                                ("issued_by__isnull", False),
                                ("status__in", ("issued", "told", "reversed")),
                                models.Q(("number", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status__in", ("issued", "told", "reversed")), _negated=True),
                                ("code", ""),
                                ("issued_at", None),
                                ("issued_by", None),
                                ("number", ""),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_issued_has_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", ""),
                            models.Q(("code", ""), ("number__regex", "^\\d{20}$")),
                            ("number__regex", "^\\d{8}$"),
                            _connector="OR",
                        ),
                        name="invoice_number_has_its_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__regex", "^\\d{8}$"), _negated=True),
                            ("code__regex", "^(\\d{10}|\\d{12})$"),
                            _connector="OR",
                        ),
                        name="invoice_short_number_has_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "reversed"), models.Q(("red_number", ""), _negated=True)),
                            models.Q(models.Q(("status", "reversed"), _negated=True), ("red_number", "")),
                            _connector="OR",
                        ),
                        name="invoice_reversed_has_red_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "returned"), models.Q(("question", ""), _negated=True)),
                            models.Q(models.Q(("status", "returned"), _negated=True), ("question", "")),
                            _connector="OR",
                        ),
                        name="invoice_returned_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "told"), _negated=True), ("told_at__isnull", False), _connector="OR"
                        ),
                        name="invoice_told_has_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("code", "number"),
                        name="invoice_number_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL("CREATE SEQUENCE invoices_request_no;", "DROP SEQUENCE invoices_request_no;"),
    ]
