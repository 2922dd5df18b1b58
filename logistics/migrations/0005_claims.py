"""Courier claims and the goods that they are about; their numbers (CLM-1)."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of claims."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("logistics", "0004_void_list_guards"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0018_evidence_of_an_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claim_no", models.CharField(max_length=32, unique=True, verbose_name="claim number")),
                ("carrier", models.CharField(max_length=24, verbose_name="carrier")),
                ("tracking_no", models.CharField(max_length=40, verbose_name="tracking number")),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[
                            ("drafted", "Drafted"),
                            ("stamped", "Stamped"),
                            ("handed_over", "With the warehouse"),
                            ("submitted", "Waiting for the carrier"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected by the carrier"),
                            ("paid", "Paid"),
                            ("written_off", "Written off"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=16,
                        protected=True,
                        verbose_name="status",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("lost", "Lost"),
                            ("damaged", "Damaged"),
                            ("stolen_from", "Stolen from"),
                            ("short", "Short"),
                            ("late", "Much too late"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="cause",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="amount claimed")),
                (
                    "value_fen",
                    models.PositiveBigIntegerField(
                        help_text="what the goods cost and the postage: no more can be claimed (CLM-1)",
                        verbose_name="value",
                    ),
                ),
                ("stamped_at", models.DateTimeField(null=True, verbose_name="stamped")),
                ("stamped_fen", models.PositiveBigIntegerField(null=True)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="submitted")),
                (
                    "submissions",
                    models.PositiveSmallIntegerField(default=0, help_text="how often it went to the carrier"),
                ),
                (
                    "carrier_reference",
                    models.CharField(blank=True, max_length=64, verbose_name="carrier's case number"),
                ),
                (
                    "accepted_fen",
                    models.PositiveBigIntegerField(help_text="what the carrier said that it would pay", null=True),
                ),
                ("rejection", models.CharField(blank=True, max_length=200, verbose_name="why it was rejected")),
                ("recovered_fen", models.PositiveBigIntegerField(default=0, verbose_name="amount recovered")),
                ("reference", models.CharField(blank=True, max_length=64, verbose_name="reference")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="orders.order"
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.parcel"
                    ),
                ),
                ("photos", models.ManyToManyField(related_name="claims", to="refunds.evidence")),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
                (
                    "stamped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "courier claim",
                "verbose_name_plural": "courier claims",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ClaimLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                (
                    "value_fen",
                    models.PositiveBigIntegerField(
                        help_text="what the buyer paid for this quantity", verbose_name="value"
                    ),
                ),
                ("exclusive", models.BooleanField(default=True)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="logistics.claim"
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.parcel"
                    ),
                ),
            ],
            options={
                "verbose_name": "claimed line",
                "verbose_name_plural": "claimed lines",
            },
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["status", "id"], name="claim_status"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(condition=models.Q(("is_late", True)), fields=["id"], name="claim_late"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("drafted", "stamped", "handed_over", "submitted", "accepted", "rejected"))
                ),
                fields=["carrier", "created_at"],
                name="claim_ageing",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("paid_at__isnull", False)), fields=["paid_at", "carrier"], name="claim_recovered"
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["shop", "updated_at", "id"], name="claim_updated"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0), ("amount_fen__lte", models.F("value_fen"))),
                name="claim_within_value",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carrier", ""), _negated=True), models.Q(("tracking_no", ""), _negated=True)
                ),
                name="claim_names_carrier_and_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ("stamped", "handed_over", "submitted", "accepted", "rejected", "paid")),
                        _negated=True,
                    ),
                    models.Q(
                        ("stamped_at__isnull", False),
                        ("stamped_by__isnull", False),
                        ("stamped_fen", models.F("amount_fen")),
                    ),
                    _connector="OR",
                ),
                name="claim_is_what_was_stamped",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("submitted", "accepted", "rejected", "paid")), _negated=True),
                    models.Q(("submissions__gt", 0), ("submitted_at__isnull", False)),
                    _connector="OR",
                ),
                name="claim_submitted_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "rejected"), _negated=True),
                    models.Q(("rejection", ""), _negated=True),
                    _connector="OR",
                ),
                name="claim_rejected_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["accepted", "paid"]), _negated=True),
                    models.Q(
                        ("accepted_fen__gt", 0),
                        ("accepted_fen__isnull", False),
                        ("accepted_fen__lte", models.F("amount_fen")),
                    ),
                    _connector="OR",
                ),
                name="claim_accepted_has_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paid_at__isnull", False),
                        ("recovered_fen__gt", 0),
                        ("status", "paid"),
                        ("recovered_fen__lte", models.F("amount_fen")),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status", "paid"), _negated=True),
                        ("paid_at", None),
                        ("recovered_fen", 0),
                        ("reference", ""),
                    ),
                    _connector="OR",
                ),
                name="claim_paid_is_recovered",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimline",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="claim_line_has_quantity"),
        ),
        migrations.AddConstraint(
            model_name="claimline",
            constraint=models.UniqueConstraint(fields=("claim", "order_line"), name="claim_line_once"),
        ),
        migrations.AddConstraint(
            model_name="claimline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("exclusive", True)),
                fields=("parcel", "order_line"),
                name="one_claim_of_parcel_and_line",
            ),
        ),
        migrations.RunSQL("CREATE SEQUENCE logistics_claim_no;", "DROP SEQUENCE logistics_claim_no;"),
    ]
