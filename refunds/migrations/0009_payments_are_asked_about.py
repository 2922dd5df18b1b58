"""Payments remember when they were sent and when they are asked about, as payouts do (PAY-9)."""

from django.db import migrations, models

# What is on its way already is asked about at once; payments that only a person knows of (`manual`) never are.
ON_THE_WAY = """
UPDATE refunds_refundpayment SET sent_at = updated_at, attempt = 1 WHERE status <> 'promised';
UPDATE refunds_refundpayment SET ask_at = now() WHERE status IN ('sent', 'unknown') AND gateway <> 'manual';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0008_payout_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="refundpayment",
            name="ask_at",
            field=models.DateTimeField(help_text="when it is asked next what came of it", null=True),
        ),
        migrations.AddField(
            model_name="refundpayment",
            name="asked",
            field=models.PositiveSmallIntegerField(default=0, help_text="how often was asked what came of it"),
        ),
        migrations.AddField(
            model_name="refundpayment",
            name="attempt",
            field=models.PositiveSmallIntegerField(default=0, help_text="how often it was sent, with one number"),
        ),
        migrations.AddField(
            model_name="refundpayment",
            name="code",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="the provider's word for the failure",
                max_length=64,
                verbose_name="code",
            ),
        ),
        migrations.AddField(
            model_name="refundpayment",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="refundpayment",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False)), fields=["ask_at", "id"], name="payment_to_ask"
            ),
        ),
        migrations.RunSQL(ON_THE_WAY, migrations.RunSQL.noop),
    ]
