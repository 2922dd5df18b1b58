"""A version of a policy is never rewritten or deleted; one that has not begun may be marked as withdrawn."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
     AND to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by_id' = to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a version of a policy stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_policyversion_stays BEFORE UPDATE OR DELETE ON core_policyversion
  FOR EACH ROW EXECUTE FUNCTION core_policy_stays();
"""
BACKWARD = """
DROP TRIGGER core_policyversion_stays ON core_policyversion;
DROP FUNCTION core_policy_stays();
"""


class Migration(migrations.Migration):
    """The trigger on policy versions."""

    dependencies = [("core", "0002_log_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
