"""What the database itself refuses of serial numbers: to be rewritten or taken away (WAR-2)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION warranty_serial_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.superseded_at IS NOT NULL
     OR (NEW.id, NEW.order_line_id, NEW.unit, NEW.kind, NEW.serial, NEW.why, NEW.recorded_by, NEW.recorded_at)
        IS DISTINCT FROM
        (OLD.id, OLD.order_line_id, OLD.unit, OLD.kind, OLD.serial, OLD.why, OLD.recorded_by, OLD.recorded_at) THEN
    RAISE EXCEPTION 'serial number %: what was recorded stays', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER warranty_serial_stays BEFORE UPDATE OR DELETE ON warranty_serialnumber
  FOR EACH ROW EXECUTE FUNCTION warranty_serial_stays();
"""
BACKWARD = """
DROP TRIGGER warranty_serial_stays ON warranty_serialnumber;
DROP FUNCTION warranty_serial_stays();
"""


class Migration(migrations.Migration):
    """A trigger: a number is only ever closed, once."""

    dependencies = [("warranty", "0001_warranty")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
