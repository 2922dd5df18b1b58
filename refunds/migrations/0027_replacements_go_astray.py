"""Requests say why what was sent in exchange is not with the buyer (LOG-6)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0026_words_of_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="replacement_trouble",
            field=models.CharField(
                blank=True,
                choices=[("denied", "Signed for, the buyer denies it"), ("lost", "Did not reach the buyer")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="replacement not with the buyer",
            ),
        ),
    ]
