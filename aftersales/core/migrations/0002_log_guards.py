"""The log cannot be rewritten, and no status changes without a row in it (RFD-8, I3, I5)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_log_no_rewrite BEFORE UPDATE OR DELETE ON core_logentry
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER core_log_no_truncate BEFORE TRUNCATE ON core_logentry
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();

-- A plan made while the log is small would read it whole, and be kept when it is large.
CREATE FUNCTION core_status_is_logged() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM core_logentry l WHERE l.subject_type = TG_ARGV[0] AND l.subject_id = NEW.id
      AND l.version = NEW.version AND l.to_status = NEW.status
  ) THEN
    RAISE EXCEPTION '% %: status without a log row', TG_ARGV[0], NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION core_status_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is final and cannot become %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
END $$;
"""

BACKWARD = """
DROP FUNCTION core_status_is_final();
DROP FUNCTION core_status_is_logged();
DROP TRIGGER core_log_no_truncate ON core_logentry;
DROP TRIGGER core_log_no_rewrite ON core_logentry;
DROP FUNCTION core_log_is_append_only();
"""


class Migration(migrations.Migration):
    """Triggers on the log, and the functions that the guarded tables use."""

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
