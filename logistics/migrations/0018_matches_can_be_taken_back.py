"""A match of an unclaimed parcel is a row of its own, and can be taken back once (RET-3)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
INSERT INTO logistics_unclaimedmatch (parcel_id, refund_id, shipment_id, matched_by, matched_at, undone_by, undone_why)
SELECT p.id, p.refund_id, s.id, p.settled_by, p.settled_at, '', '' FROM logistics_unclaimedparcel p
LEFT JOIN refunds_returnshipment s ON s.refund_id = p.refund_id AND s.superseded_at IS NULL
  AND s.tracking_no = coalesce(nullif(p.tracking_no, ''), p.parcel_no)
  AND s.created_at BETWEEN p.settled_at - interval '2 seconds' AND p.settled_at AND p.settled_by <> 'system: match'
WHERE p.outcome = 'matched';

CREATE FUNCTION logistics_unclaimed_match_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.parcel_id, OLD.refund_id, OLD.matched_by, OLD.matched_at)
      = (NEW.parcel_id, NEW.refund_id, NEW.matched_by, NEW.matched_at)
    AND OLD.shipment_id IS NOT DISTINCT FROM NEW.shipment_id THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the match of an unclaimed parcel stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER logistics_unclaimedmatch_stays BEFORE UPDATE OR DELETE ON logistics_unclaimedmatch
  FOR EACH ROW WHEN (OLD.undone_at IS NULL) EXECUTE FUNCTION logistics_unclaimed_match_stays();
CREATE TRIGGER logistics_unclaimedmatch_no_rewrite BEFORE UPDATE OR DELETE ON logistics_unclaimedmatch
  FOR EACH ROW WHEN (OLD.undone_at IS NOT NULL) EXECUTE FUNCTION core_text_is_only_erased('undone_at', 'undone_why');

CREATE OR REPLACE FUNCTION logistics_unclaimed_outcome_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome = 'matched' AND NEW.outcome = ''
    AND NOT EXISTS (SELECT 1 FROM logistics_unclaimedmatch WHERE parcel_id = OLD.id AND undone_at IS NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the outcome of an unclaimed parcel stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION logistics_unclaimed_outcome_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the outcome of an unclaimed parcel stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER logistics_unclaimedmatch_no_rewrite ON logistics_unclaimedmatch;
DROP TRIGGER logistics_unclaimedmatch_stays ON logistics_unclaimedmatch;
DROP FUNCTION logistics_unclaimed_match_stays();
"""


class Migration(migrations.Migration):
    """Matches, and the one way back."""

    dependencies = [
        ("core", "0009_records_are_erased"),
        ("logistics", "0017_attention"),
        ("refunds", "0023_records_are_erased"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UnclaimedMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("matched_by", models.CharField(max_length=60)),
                ("matched_at", models.DateTimeField()),
                ("undone_by", models.CharField(blank=True, max_length=60)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_why", models.CharField(blank=True, max_length=300)),
                (
                    "matched_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="matches",
                        to="logistics.unclaimedparcel",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unclaimed_matches",
                        to="refunds.refund",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="refunds.returnshipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "match of an unclaimed parcel",
                "verbose_name_plural": "matches of unclaimed parcels",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)), fields=("parcel",), name="unclaimed_matched_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at", None), ("undone_by", ""), ("undone_why", "")),
                            models.Q(
                                ("undone_at__isnull", False),
                                models.Q(("undone_by", ""), _negated=True),
                                models.Q(("undone_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="unclaimed_undone_is_told",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
