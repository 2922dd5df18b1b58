"""Tasks of feedback cases that are not answered in time (SAT-2)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The kinds of tasks, with that of feedback."""

    dependencies = [
        ("tickets", "0023_service_tasks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("check_tracking", "Ask the buyer about the return's tracking number"),
                    ("chase_void", "Urgent: refunded before the warehouse answered; the goods must not leave"),
                    ("goods_gone", "Urgent: refunded, and the goods have left all the same; stop the parcel"),
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
                    ("check_handover", "No scan yet: has the carrier got the parcel?"),
                    ("ask_carrier", "Ask the carrier about a parcel"),
                    ("ask_warehouse", "Undeliverable: can the parcel be sent again by post?"),
                    ("follow_transfer", "The carrier hands a parcel to the post: follow it"),
                    ("resend_by_post", "An undeliverable parcel comes back: send it again by post"),
                    ("follow_recall", "A parcel was called back: follow it until it is here"),
                    ("ship_faster", "The buyer wants a faster carrier: ship with it"),
                    ("missing_count", "Goods were not in a parcel: count the stock, look at the packing"),
                    ("missing_answer", "Goods were not in a parcel: tell the buyer what was found, and settle it"),
                    ("missing_photos", "Stolen on the way: get photos of box and goods, then claim"),
                    ("missing_carrier", "Stolen on the way: settle it with the warehouse and the carrier"),
                    ("pack_gift", "Promised to the buyer: put the gift into the parcel"),
                    ("claim_late", "The courier claim is late: take it on, or ask the carrier"),
                    ("claim_rejected", "The carrier rejected the claim: submit it again with proof, or give it up"),
                    ("reverse_invoice", "Money went back after the invoice: reverse it, and issue the rest anew"),
                    ("answer_complaint", "A complaint is to be answered: reply before its time is over"),
                    ("low_mark", "A buyer gave a low mark: find out why and put it right"),
                    ("service_late", "Nobody has been with the buyer of a faulty article in time: call him"),
                    ("service_invoice", "The buyer paid for a repair and wants an invoice: issue it"),
                    ("feedback_late", "Goods and design have not answered a feedback case in time: ask them"),
                    ("refund_overdue", "Goods are back and the refund is overdue"),
                    ("promise", "Promised to the buyer"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
    ]
