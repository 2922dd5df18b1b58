"""Webhooks: endpoints, messages, and news that waits to be told in shops that have webhooks."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import aftersales.core.encryption

# Whether anybody hears of an event is known when it is written. Handlers are known to the code; webhooks are rows, so the
# database looks, at no cost of a statement.
FORWARD = """
CREATE FUNCTION core_news_for_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM core_webhookendpoint WHERE shop_id = NEW.shop_id AND is_active) THEN
    NEW.next_try_at := NEW.created_at;
    NEW.delivered_at := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER core_news_for_webhooks BEFORE INSERT ON core_outboxevent
  FOR EACH ROW WHEN (NEW.delivered_at IS NOT NULL) EXECUTE FUNCTION core_news_for_webhooks();
"""
BACKWARD = """
DROP TRIGGER core_news_for_webhooks ON core_outboxevent;
DROP FUNCTION core_news_for_webhooks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_pauses_between_tries_and_news_in_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        help_text="refund.*, payout.paid, *",
                        size=None,
                        verbose_name="types",
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=120, verbose_name="description")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "stopped_why",
                    models.CharField(blank=True, help_text="why it was switched off by itself", max_length=120),
                ),
                ("secret", aftersales.core.encryption.EncryptedTextField()),
                ("previous_secret", aftersales.core.encryption.EncryptedTextField(blank=True)),
                ("previous_until", models.DateTimeField(null=True)),
                ("failing_since", models.DateTimeField(null=True, verbose_name="failing since")),
                ("pause_until", models.DateTimeField(help_text="nothing is sent before", null=True)),
                ("failures", models.PositiveIntegerField(default=0, help_text="in a row")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=60)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="webhooks", to="core.shop"
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook endpoint",
                "verbose_name_plural": "webhook endpoints",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=40)),
                ("topic", models.CharField(max_length=40, verbose_name="type")),
                ("subject_type", models.CharField(max_length=12)),
                ("subject_id", models.BigIntegerField()),
                ("subject_no", models.CharField(blank=True, max_length=64, verbose_name="number")),
                ("body", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "On its way"), ("delivered", "Delivered"), ("parked", "Parked")],
                        default="pending",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("since", models.DateTimeField(help_text="when its three days began")),
                ("next_try_at", models.DateTimeField(help_text="empty when nothing is tried any more", null=True)),
                ("answer_status", models.PositiveSmallIntegerField(null=True)),
                ("answer_text", models.CharField(blank=True, max_length=300)),
                ("error", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="core.webhookendpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
            },
        ),
        migrations.AddIndex(
            model_name="webhookendpoint",
            index=models.Index(condition=models.Q(("is_active", True)), fields=["shop"], name="webhook_listening"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["endpoint", "next_try_at", "id"], name="webhook_due"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["endpoint", "subject_type", "subject_id", "id"],
                name="webhook_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["endpoint", "status", "id"], name="webhook_listed"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(condition=models.Q(("status", "delivered")), fields=["finished_at"], name="webhook_old"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("endpoint", "message_id"), name="webhook_message_once"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("next_try_at__isnull", False), ("status", "pending")),
                    models.Q(
                        models.Q(("status", "pending"), _negated=True),
                        ("finished_at__isnull", False),
                        ("next_try_at", None),
                    ),
                    _connector="OR",
                ),
                name="webhook_pending_has_time",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
