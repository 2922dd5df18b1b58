"""Requests, payments and disputes change their status only with a log row, and never from a final state."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status


class Migration(migrations.Migration):
    """Triggers on the tables with a status."""

    dependencies = [("refunds", "0001_initial"), ("core", "0002_log_guards")]
    operations = [
        migrations.RunSQL(*guard_status("refunds_refund", "refund", ["SUCCESS", "CLOSED"])),
        migrations.RunSQL(*guard_status("refunds_refundpayment", "payment", ["done"])),
        migrations.RunSQL(
            *guard_status(
                "refunds_dispute", "dispute", ["decided_buyer", "decided_seller", "decided_partial", "withdrawn"]
            )
        ),
    ]
