"""Tickets are about claims, invoices and complaints, too."""

import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0003_complaints_are_erased"),
        ("invoices", "0002_invoice_guards"),
        ("logistics", "0017_attention"),
        ("refunds", "0023_records_are_erased"),
        ("tickets", "0026_looking"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ticketlink",
            name="ticket_link_is_one_thing",
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="claim",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.claim"
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="complaint",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="complaints.complaint"
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="invoice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoices.invoice"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("refund"),
                        models.F("parcel"),
                        models.F("payout"),
                        models.F("claim"),
                        models.F("invoice"),
                        models.F("complaint"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="ticket_link_is_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("claim__isnull", False)), fields=("ticket", "claim"), name="ticket_links_claim_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("invoice__isnull", False)),
                fields=("ticket", "invoice"),
                name="ticket_links_invoice_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("complaint__isnull", False)),
                fields=("ticket", "complaint"),
                name="ticket_links_complaint_once",
            ),
        ),
    ]
