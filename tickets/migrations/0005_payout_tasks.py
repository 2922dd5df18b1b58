"""Tasks about payouts, and tasks about an order that has no request."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Kinds of tasks, and one open task of a kind for an order."""

    dependencies = [
        ("core", "0006_pauses_between_tries_and_news_in_order"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0008_payout_guards"),
        ("tickets", "0004_looks_at_any_order"),
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
                    ("refund_overdue", "Goods are back and the refund is overdue"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None), ("refund", None)),
                fields=("order", "kind"),
                name="one_open_task_of_an_order",
            ),
        ),
    ]
