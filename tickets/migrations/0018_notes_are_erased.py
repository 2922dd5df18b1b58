"""After its time a note of a ticket may be erased, and never rewritten (LAW-7)."""

from django.db import migrations

FORWARD = """
DROP TRIGGER tickets_ticketnote_no_rewrite ON tickets_ticketnote;
CREATE TRIGGER tickets_ticketnote_no_rewrite BEFORE UPDATE OR DELETE ON tickets_ticketnote
  FOR EACH ROW EXECUTE FUNCTION core_text_is_only_erased('created_at', 'text');
"""
BACKWARD = """
DROP TRIGGER tickets_ticketnote_no_rewrite ON tickets_ticketnote;
CREATE TRIGGER tickets_ticketnote_no_rewrite BEFORE UPDATE OR DELETE ON tickets_ticketnote
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
"""


class Migration(migrations.Migration):
    """A guard."""

    dependencies = [("tickets", "0017_complaint_tasks"), ("core", "0009_records_are_erased")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
