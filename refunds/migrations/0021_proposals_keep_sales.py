"""A proposal says what it offers, whether it keeps the sale, and who made it; none of it is ever changed (DEC-5)."""

from django.db import migrations, models
from django.db.models import Q

FROZEN = """
CREATE FUNCTION refunds_proposal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'proposal % of request %: what was offered stays (DEC-5)', OLD.number, OLD.refund_id
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER refunds_proposal_stays
  BEFORE UPDATE OF keeps_sale, offered_sku, to_kind, author_id, author_name, created_at ON refunds_proposal
  FOR EACH ROW WHEN ((OLD.keeps_sale, OLD.offered_sku, OLD.to_kind, OLD.author_id, OLD.author_name, OLD.created_at)
    IS DISTINCT FROM (NEW.keeps_sale, NEW.offered_sku, NEW.to_kind, NEW.author_id, NEW.author_name, NEW.created_at))
  EXECUTE FUNCTION refunds_proposal_stays();
"""
THAWED = "DROP TRIGGER refunds_proposal_stays ON refunds_proposal; DROP FUNCTION refunds_proposal_stays();"


class Migration(migrations.Migration):
    """Three columns, and their guards."""

    dependencies = [
        ("refunds", "0020_bundles_are_settled"),
        ("orders", "0006_lines_are_found_by_item"),
    ]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="author_id",
            field=models.BigIntegerField(help_text="the person of the staff who proposed it", null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="keeps_sale",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="an exchange instead of a return (DEC-5)",
                verbose_name="keeps the sale",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="offered_sku",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="offered instead"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=Q(keeps_sale=True), fields=["shop", "created_at"], name="proposal_keeping_the_sale"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=Q(keeps_sale=False, offered_sku="") | Q(kind="correct", to_kind="exchange"),
                name="proposal_offers_an_exchange",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=Q(keeps_sale=False) | Q(proposed_by="seller"), name="proposal_seller_keeps_sale"
            ),
        ),
        migrations.RunSQL(FROZEN, THAWED),
    ]
