"""After its time the words of a complaint and its replies may be erased, and never rewritten (LAW-7)."""

from django.db import migrations

FORWARD = """
DROP TRIGGER complaints_complaintreply_no_rewrite ON complaints_complaintreply;
CREATE TRIGGER complaints_complaintreply_no_rewrite BEFORE UPDATE OR DELETE ON complaints_complaintreply
  FOR EACH ROW EXECUTE FUNCTION core_text_is_only_erased('created_at', 'text');
CREATE OR REPLACE FUNCTION complaints_complaint_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.complaint_no, NEW.shop_id, NEW.order_id, NEW.source, NEW.problem, NEW.reference, NEW.filed_by, NEW.created_at)
     IS DISTINCT FROM
     (OLD.complaint_no, OLD.shop_id, OLD.order_id, OLD.source, OLD.problem, OLD.reference, OLD.filed_by, OLD.created_at)
     OR (NEW.text <> OLD.text AND NOT (NEW.text = '—' AND OLD.created_at < now() - interval '3 years')) THEN
    RAISE EXCEPTION 'complaint %: what was complained of stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
BACKWARD = """
DROP TRIGGER complaints_complaintreply_no_rewrite ON complaints_complaintreply;
CREATE TRIGGER complaints_complaintreply_no_rewrite BEFORE UPDATE OR DELETE ON complaints_complaintreply
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE OR REPLACE FUNCTION complaints_complaint_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.complaint_no, NEW.shop_id, NEW.order_id, NEW.source, NEW.problem, NEW.reference, NEW.text, NEW.filed_by,
      NEW.created_at)
     IS DISTINCT FROM
     (OLD.complaint_no, OLD.shop_id, OLD.order_id, OLD.source, OLD.problem, OLD.reference, OLD.text, OLD.filed_by,
      OLD.created_at) THEN
    RAISE EXCEPTION 'complaint %: what was complained of stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Guards."""

    dependencies = [("complaints", "0002_complaint_guards"), ("core", "0009_records_are_erased")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
