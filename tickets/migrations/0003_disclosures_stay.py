"""Who saw whose data cannot be rewritten (LAW-7)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER tickets_disclosure_no_rewrite BEFORE UPDATE OR DELETE ON tickets_disclosure
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER tickets_disclosure_no_truncate BEFORE TRUNCATE ON tickets_disclosure
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
BACKWARD = """
DROP TRIGGER tickets_disclosure_no_truncate ON tickets_disclosure;
DROP TRIGGER tickets_disclosure_no_rewrite ON tickets_disclosure;
"""


class Migration(migrations.Migration):
    """Triggers on disclosures."""

    dependencies = [("tickets", "0002_disclosures"), ("core", "0002_log_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
