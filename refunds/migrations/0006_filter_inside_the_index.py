"""What the queue is filtered by stands in its indexes, so that rows are passed over without being read."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Four wider indexes in the place of the narrow ones, and a small one of what is in dispute."""

    dependencies = [
        ("core", "0006_pauses_between_tries_and_news_in_order"),
        ("orders", "0004_search_by_person"),
        ("refunds", "0005_sort_by_urgency"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="refund",
            name="refund_queue",
        ),
        migrations.RemoveIndex(
            model_name="refund",
            name="refund_queue_of_all",
        ),
        migrations.RemoveIndex(
            model_name="refund",
            name="refund_urgent",
        ),
        migrations.RemoveIndex(
            model_name="refund",
            name="refund_mine",
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                fields=["shop", "status", "urgent_at", "id", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                fields=["status", "urgent_at", "id", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_queue_of_all",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "WAIT_SELLER_AGREE",
                            "WAIT_BUYER_RETURN_GOODS",
                            "WAIT_SELLER_CONFIRM_GOODS",
                            "SELLER_REFUSE_BUYER",
                            "WAIT_SYSTEM_TRANSFER",
                        ),
                    )
                ),
                fields=["urgent_at", "id", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_urgent",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "WAIT_SELLER_AGREE",
                            "WAIT_BUYER_RETURN_GOODS",
                            "WAIT_SELLER_CONFIRM_GOODS",
                            "SELLER_REFUSE_BUYER",
                            "WAIT_SYSTEM_TRANSFER",
                        ),
                    )
                ),
                fields=["assignee", "urgent_at", "id", "status", "kind", "reason", "in_dispute", "amount_fen"],
                name="refund_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("in_dispute", True)), fields=["urgent_at", "id"], name="refund_disputed"
            ),
        ),
    ]
