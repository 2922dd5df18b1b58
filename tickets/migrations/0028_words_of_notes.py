"""What is said about tickets is found by words."""

import django.contrib.postgres.indexes
from django.db import migrations

import aftersales.core.finding


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0027_links_to_registers"),
        ("core", "0012_words_of_texts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticketnote",
            index=django.contrib.postgres.indexes.GinIndex(
                aftersales.core.finding.SearchWords("text"), name="ticket_note_words"
            ),
        ),
    ]
