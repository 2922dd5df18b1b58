"""Disputes keep until when each side gives evidence and the platform decides; an agreement ends them (DIS-1, TMO-11)."""

from importlib import import_module

import django_fsm
from django.db import migrations, models

from aftersales.core.migration_sql import guard_status

earlier = import_module("refunds.migrations.0014_exchanges")
create = import_module("refunds.migrations.0004_invariants")._create
FINAL_BEFORE = ("decided_buyer", "decided_seller", "decided_partial", "withdrawn")
FINAL = (*FINAL_BEFORE, "settled")
NAMES = ("invariant_dis1_disputes", "invariant_i3_terminal")
DROPPED = "\n".join(f"DROP VIEW {name};" for name in NAMES)
BEFORE = "\n".join(create(name, *earlier.VIEWS[name]) for name in NAMES)


def _now(body: str) -> str:
    """Give the text of a view with the new states."""
    changed = body.replace("AND status = 'requested'", "AND status IN ('requested', 'deciding')")
    return changed.replace("('dispute', 'withdrawn')", "('dispute', 'withdrawn'), ('dispute', 'settled')")


AFTER = "\n".join(create(name, earlier.VIEWS[name][0], _now(earlier.VIEWS[name][1])) for name in NAMES)
GUARD, NO_GUARD = guard_status("refunds_dispute", "dispute", FINAL)
GUARD_BEFORE, NO_GUARD_BEFORE = guard_status("refunds_dispute", "dispute", FINAL_BEFORE)


class Migration(migrations.Migration):
    """New columns and states, and what must hold for them."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("refunds", "0015_proposals"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dispute",
            name="one_undecided_dispute",
        ),
        migrations.AddField(
            model_name="dispute",
            name="buyer_evidence_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="dispute",
            name="decision_due_at",
            field=models.DateTimeField(help_text="the platform's time is over then (TMO-12)", null=True),
        ),
        migrations.AddField(
            model_name="dispute",
            name="is_overdue",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="dispute",
            name="seller_evidence_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="evidence",
            name="shows",
            field=models.CharField(
                blank=True,
                choices=[
                    ("chat", "Chat record"),
                    ("shipping_slip", "Shipping slip"),
                    ("signing", "Proof of signing"),
                    ("page", "Page as it was sold"),
                    ("inspection", "Inspection"),
                    ("purchase", "Purchase vouchers"),
                    ("authorisation", "Brand's authorisation"),
                    ("weight", "Weight at dispatch"),
                    ("other", "Something else"),
                ],
                db_default="",
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="dispute",
            name="status",
            field=django_fsm.FSMField(
                choices=[
                    ("requested", "Requested"),
                    ("deciding", "Evidence closed, to be decided"),
                    ("decided_buyer", "Decided for the buyer"),
                    ("decided_seller", "Decided for the seller"),
                    ("decided_partial", "Decided in part"),
                    ("settled", "Settled"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=20,
                protected=True,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("requested", "deciding"))),
                fields=("refund",),
                name="one_undecided_dispute",
            ),
        ),
        migrations.RunSQL(NO_GUARD_BEFORE + GUARD, NO_GUARD + GUARD_BEFORE),
        migrations.RunSQL(DROPPED + AFTER, DROPPED + BEFORE),
    ]
