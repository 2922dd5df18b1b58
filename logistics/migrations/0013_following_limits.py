"""The database keeps the tracking service's limits, for a number that is asked about too often is locked (LOG-6)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION logistics_call_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Whoever asks about a number waits here for whoever asks about it, too.
  PERFORM 1 FROM logistics_trackingsubscription WHERE id = NEW.subscription_id FOR UPDATE;
  IF NEW.kind = 'query' AND EXISTS (
    SELECT 1 FROM logistics_trackingcall WHERE subscription_id = NEW.subscription_id AND kind = 'query'
      AND asked_at > NEW.asked_at - interval '30 minutes' AND outcome <> 'unsent') THEN
    RAISE EXCEPTION 'a number is asked about once in 30 minutes' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'subscribe' AND (
    SELECT count(*) FROM logistics_trackingcall WHERE subscription_id = NEW.subscription_id AND kind = 'subscribe'
      AND asked_at > NEW.asked_at - interval '31 days' AND outcome NOT IN ('unsent', 'refused')) >= 4 THEN
    RAISE EXCEPTION 'a number is subscribed four times a month' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_trackingcall_limits BEFORE INSERT ON logistics_trackingcall
  FOR EACH ROW EXECUTE FUNCTION logistics_call_limits();
"""
BACKWARD = """
DROP TRIGGER logistics_trackingcall_limits ON logistics_trackingcall;
DROP FUNCTION logistics_call_limits();
"""


class Migration(migrations.Migration):
    """Once in 30 minutes, four times in 31 days."""

    dependencies = [("logistics", "0012_following")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
