"""Messages are found by words."""

import django.contrib.postgres.indexes
from django.db import migrations

import aftersales.core.finding


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0025_unanswered_money_is_certain"),
        ("core", "0012_words_of_texts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.GinIndex(
                aftersales.core.finding.SearchWords("text"), name="message_words"
            ),
        ),
    ]
