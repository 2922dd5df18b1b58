"""Titles of goods and notes are found by words."""

import django.contrib.postgres.indexes
from django.db import migrations

import aftersales.core.finding


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0008_special_offers"),
        ("core", "0012_words_of_texts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=django.contrib.postgres.indexes.GinIndex(
                aftersales.core.finding.SearchWords("title"), name="line_title_words"
            ),
        ),
        migrations.AddIndex(
            model_name="ordernote",
            index=django.contrib.postgres.indexes.GinIndex(
                aftersales.core.finding.SearchWords("text"), name="order_note_words"
            ),
        ),
    ]
