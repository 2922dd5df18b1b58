"""A buyer who says that his refund is not there is a task (ARR-3)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_payout_tasks"),
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
                    ("refund_overdue", "Goods are back and the refund is overdue"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
    ]
