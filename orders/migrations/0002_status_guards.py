"""An order's status changes only with a log row, and never from its final state."""

from django.db import migrations

from aftersales.core.migration_sql import guard_status


class Migration(migrations.Migration):
    """Triggers on the orders."""

    dependencies = [("orders", "0001_initial"), ("core", "0002_log_guards")]
    operations = [migrations.RunSQL(*guard_status("orders_order", "order", ["TRADE_CLOSED"]))]
