"""Tasks about claims that lie or were rejected (CLM-2, CLM-4)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0010_decision_overdue"),
    ]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("check_tracking", "Ask the buyer about the return's tracking number"),
                    ("chase_void", "Urgent: refunded before the warehouse answered; the goods must not leave"),
                    ("offer_intervention", "Refused three times: the platform may be asked to step in"),
                    ("payment_failed", "The refund payment failed: make it good another way"),
                    ("payout_failed", "The payout failed: correct it, or send it again"),
                    ("payout_late", "The payout is late: the buyer was promised it by now"),
                    ("not_arrived", "The buyer says the refund is not there: ask the provider"),
                    ("return_missing", "The replacement went first and the return has not come: talk to the buyer"),
                    ("return_failed", "The replacement went first and what came back is unfit: talk to the buyer"),
                    ("follow_return", "The replacement went first: follow the return until it is here"),
                    ("remind_receipt", "The replacement is there: ask the buyer to confirm receipt of the order"),
                    ("decision_overdue", "The platform has not decided in time: ask"),
                    (
                        "guided_in_vain",
                        "The buyer did not correct the request as asked: decide it, refusing is advised",
                    ),
                    ("claim_late", "The courier claim is late: take it on, or ask the carrier"),
                    ("claim_rejected", "The carrier rejected the claim: submit it again with proof, or give it up"),
                    ("refund_overdue", "Goods are back and the refund is overdue"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
    ]
