"""Parcels that need someone (LOG-6): a row stays about its parcel and reason, and one that has ended stays ended."""

import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE FUNCTION logistics_attention_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.shop_id, NEW.parcel_id, NEW.reason, NEW.since, NEW.found_at, NEW.due_at)
      IS DISTINCT FROM (OLD.shop_id, OLD.parcel_id, OLD.reason, OLD.since, OLD.found_at, OLD.due_at) THEN
    RAISE EXCEPTION 'attention %: what it is about stays', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'attention %: ended already', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_attention_stays BEFORE UPDATE ON logistics_attention
  FOR EACH ROW EXECUTE FUNCTION logistics_attention_stays();
"""
STAYS_NOT = """
DROP TRIGGER logistics_attention_stays ON logistics_attention;
DROP FUNCTION logistics_attention_stays();
"""


class Migration(migrations.Migration):
    """The table and its trigger."""

    dependencies = [
        ("core", "0008_answers_are_unreadable_at_rest"),
        ("logistics", "0016_promised_gifts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("parcel_version", models.PositiveIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("silent", "No scan"),
                            ("stalled", "Stalled"),
                            ("denied", "Signed for, denied"),
                            ("going_back", "Going back"),
                            ("undeliverable", "Undeliverable"),
                            ("return_unrefunded", "Return here, no refund"),
                            ("return_missing", "Replacement sent, no return"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("found_at", models.DateTimeField(verbose_name="found")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ended_as",
                    models.CharField(
                        blank=True, choices=[("recovered", "Over by itself"), ("settled", "Settled")], max_length=12
                    ),
                ),
                ("ended_by", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attentions", to="logistics.parcel"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={
                "verbose_name": "parcel that needs someone",
                "verbose_name_plural": "parcels that need someone",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["due_at", "id"], name="attention_open"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["reason", "due_at", "id"],
                        name="attention_by_reason",
                    ),
                    models.Index(fields=["parcel", "reason", "-id"], name="attention_of_parcel"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("parcel", "reason"),
                        name="one_open_attention_of_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_as", ""), ("ended_at", None), ("ended_by", ""), ("note", "")),
                            models.Q(("ended_as", "recovered"), ("ended_at__isnull", False), ("note", "")),
                            models.Q(
                                ("ended_as", "settled"),
                                ("ended_at__isnull", False),
                                models.Q(("ended_by", ""), _negated=True),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="attention_ends_somehow",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("since__lte", models.F("found_at"))), name="attention_began_before"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("status__in", ("problem", "returning", "returned", "denied"))),
                fields=["shop", "id"],
                name="parcel_troubled",
            ),
        ),
        migrations.RunSQL(STAYS, STAYS_NOT),
    ]
