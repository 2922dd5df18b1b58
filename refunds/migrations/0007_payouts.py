"""Payouts: whom they go to, for which lines, and who looked at an account; evidence may belong to one."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import aftersales.core.encryption


class Migration(migrations.Migration):
    """The tables of payouts."""

    dependencies = [
        ("core", "0006_pauses_between_tries_and_news_in_order"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0006_filter_inside_the_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account_type",
                    models.CharField(
                        choices=[("alipay", "Alipay account"), ("bank", "Bank card")],
                        max_length=8,
                        verbose_name="account type",
                    ),
                ),
                ("account", aftersales.core.encryption.EncryptedTextField(verbose_name="account")),
                ("name", aftersales.core.encryption.EncryptedTextField(verbose_name="real name")),
                ("masked_account", models.CharField(max_length=80)),
                ("masked_name", models.CharField(max_length=60)),
                ("fingerprint", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=60)),
                (
                    "verified_at",
                    models.DateTimeField(
                        help_text="money reached this account and name", null=True, verbose_name="verified"
                    ),
                ),
                ("erased_at", models.DateTimeField(null=True, verbose_name="erased")),
            ],
            options={
                "verbose_name": "payee",
                "verbose_name_plural": "payees",
            },
        ),
        migrations.CreateModel(
            name="PayeeDisclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("user_name", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "look at a payee",
                "verbose_name_plural": "looks at payees",
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payout_no", models.CharField(max_length=32, unique=True, verbose_name="payout number")),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("pending_approval", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("sending", "On its way"),
                            ("unknown", "Outcome unknown"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=20,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("return_postage", "Return postage"),
                            ("price_difference", "Price difference"),
                            ("overpaid_postage", "Overpaid postage"),
                            ("goodwill", "Goodwill"),
                            ("exchange_difference", "Exchange difference"),
                        ],
                        max_length=24,
                        verbose_name="purpose",
                    ),
                ),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "second_reason",
                    models.CharField(
                        blank=True, help_text="PAY-7", max_length=200, verbose_name="reason for a second one"
                    ),
                ),
                (
                    "needs_supervisor",
                    models.BooleanField(default=False, help_text="beyond what finance alone may approve (PAY-3)"),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("approved_fen", models.PositiveBigIntegerField(null=True)),
                ("promised_at", models.DateTimeField(null=True, verbose_name="promised until")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                ("gateway", models.CharField(max_length=16, verbose_name="gateway")),
                (
                    "attempt",
                    models.PositiveSmallIntegerField(default=0, help_text="how often it was sent with a new number"),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("asked", models.PositiveSmallIntegerField(default=0, help_text="how often was asked what came of it")),
                ("ask_at", models.DateTimeField(help_text="when it is asked next what came of it", null=True)),
                ("reference", models.CharField(blank=True, max_length=64, verbose_name="reference")),
                ("failure", models.CharField(blank=True, max_length=200, verbose_name="failure")),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("payee", "The payee's account or name"),
                            ("us", "Our own account"),
                            ("data", "What we sent"),
                        ],
                        help_text="whose data or account made it fail",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
            ],
            options={
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PayoutLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("return_postage", "Return postage"),
                            ("price_difference", "Price difference"),
                            ("overpaid_postage", "Overpaid postage"),
                            ("goodwill", "Goodwill"),
                            ("exchange_difference", "Exchange difference"),
                        ],
                        max_length=24,
                    ),
                ),
                ("exclusive", models.BooleanField(default=True)),
            ],
            options={
                "verbose_name": "payout line",
                "verbose_name_plural": "payout lines",
            },
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_attached_has_time",
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_has_shop",
        ),
        migrations.RemoveIndex(
            model_name="evidence",
            name="evidence_unattached",
        ),
        migrations.AddField(
            model_name="payee",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payees", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="payeedisclosure",
            name="payee",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.payee"),
        ),
        migrations.AddField(
            model_name="payout",
            name="approved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="approved_payee",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.payee"
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="edited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="payee",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="refunds.payee"),
        ),
        migrations.AddField(
            model_name="payout",
            name="refund",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="refunds.refund"
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="shop",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
        ),
        migrations.AddField(
            model_name="payeedisclosure",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="refunds.payout"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="payout",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="refunds.payout"
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(
                condition=models.Q(("attached_at", None)), fields=["created_at"], name="evidence_unattached"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attached_at", None), ("payout", None), ("refund", None)),
                    models.Q(
                        ("attached_at__isnull", False),
                        models.Q(("refund__isnull", False), ("payout__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="evidence_attached_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shop__isnull", False),
                    models.Q(("payout", None), ("refund", None), ("side__in", ["seller", "warehouse", "platform"])),
                    _connector="OR",
                ),
                name="evidence_has_shop",
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="order_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="refunds.payout"
            ),
        ),
        migrations.AddIndex(
            model_name="payee",
            index=models.Index(fields=["fingerprint"], name="payee_fingerprint"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["status", "id"], name="payout_status"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False)), fields=["ask_at", "id"], name="payout_to_ask"
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(
                    ("is_late", True),
                    ("status__in", ("draft", "pending_approval", "approved", "sending", "unknown", "failed")),
                ),
                fields=["id"],
                name="payout_late",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)), fields=["sent_at", "id"], name="payout_sent"
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["opened_by", "created_at"], name="payout_opened_by"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["approved_by", "approved_at"], name="payout_approved_by"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["shop", "updated_at", "id"], name="payout_updated"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="payout_has_amount"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("approved", "sending", "unknown", "paid", "failed")), _negated=True),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        ("approved_fen", models.F("amount_fen")),
                        ("approved_payee", models.F("payee")),
                    ),
                    _connector="OR",
                ),
                name="payout_is_what_was_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None),
                    models.Q(
                        models.Q(("approved_by", models.F("opened_by")), _negated=True),
                        models.Q(("approved_by", models.F("edited_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payout_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "paid"), _negated=True),
                    models.Q(("paid_at__isnull", False), models.Q(("reference", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payout_paid_has_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["sending", "unknown", "paid"]), _negated=True),
                    models.Q(("attempt__gt", 0), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="payout_sent_has_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(fields=("payout", "order_line"), name="payout_line_once"),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("exclusive", True)),
                fields=("order_line", "purpose"),
                name="payout_purpose_once_a_line",
            ),
        ),
        migrations.RunSQL("CREATE SEQUENCE refunds_payout_no;", "DROP SEQUENCE refunds_payout_no;"),
    ]
