"""What the database itself keeps of void lists: an answer is given once, and a line agrees with its request (VOI-2)."""

from django.db import migrations

NUMBERS = "CREATE SEQUENCE logistics_void_list_no;"
NO_NUMBERS = "DROP SEQUENCE logistics_void_list_no;"

ONCE = """
CREATE FUNCTION logistics_void_line_is_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a line of a void list stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.void_list_id, NEW.refund_id) IS DISTINCT FROM (OLD.void_list_id, OLD.refund_id) THEN
    RAISE EXCEPTION 'void line %: whose it is stays', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.answer <> '' AND (NEW.answer, NEW.ended_as, NEW.answered_at, NEW.answered_by, NEW.answered_by_user_id, NEW.note)
      IS DISTINCT FROM (OLD.answer, OLD.ended_as, OLD.answered_at, OLD.answered_by, OLD.answered_by_user_id, OLD.note) THEN
    RAISE EXCEPTION 'void line %: answered already', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.late_answer <> '' AND (NEW.late_answer, NEW.late_at, NEW.late_by)
      IS DISTINCT FROM (OLD.late_answer, OLD.late_at, OLD.late_by) THEN
    RAISE EXCEPTION 'void line %: answered late already', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER logistics_voidlistline_once BEFORE UPDATE OR DELETE ON logistics_voidlistline
  FOR EACH ROW EXECUTE FUNCTION logistics_void_line_is_answered_once();
"""
NOT_ONCE = """
DROP TRIGGER logistics_voidlistline_once ON logistics_voidlistline;
DROP FUNCTION logistics_void_line_is_answered_once();
"""

VIEW = """
CREATE VIEW invariant_void_lines AS
SELECT 'refund' AS subject_type, r.id AS subject_id, NULL::timestamptz AS since,
       format('%s, warehouse “%s”, line of a void list “%s”', r.status, r.void_result, l.answer) AS detail
FROM logistics_voidlistline l JOIN refunds_refund r ON r.id = l.refund_id
WHERE (l.answer = '' AND (r.status <> 'WAIT_SELLER_AGREE' OR r.flow <> 'unshipped' OR r.void_result <> ''))
   OR (l.answer IN ('voided', 'already_shipped') AND r.void_result <> l.answer)
   OR (l.ended_as = 'agreed' AND r.status NOT IN ('WAIT_SYSTEM_TRANSFER', 'SUCCESS'));
COMMENT ON VIEW invariant_void_lines IS
  'VOI: A line of a void list is open exactly as long as its request waits for the warehouse, and has its answer.';
"""
NO_VIEW = "DROP VIEW invariant_void_lines;"


class Migration(migrations.Migration):
    """The sequence of the numbers, the trigger and the view."""

    dependencies = [("logistics", "0003_void_lists")]
    operations = [
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
        migrations.RunSQL(ONCE, NOT_ONCE),
        migrations.RunSQL(VIEW, NO_VIEW),
    ]
