"""What buyers bring is found by words. Made beside the work: nobody who writes a ticket waits for the index."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import aftersales.core.finding


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0029_lost_replacement_tasks")]

    operations = [
        AddIndexConcurrently(
            model_name="ticket",
            index=django.contrib.postgres.indexes.GinIndex(
                aftersales.core.finding.SearchWords("title"), name="ticket_title_words"
            ),
        ),
    ]
