"""Money that was sent ends paid, or failed by a word that counts; a number is new only from one sending to the next.

The provider's answer counts (the system writes it down), the word of whoever pays by hand, and otherwise the agreement
of a second person to a report of the first, both in the log (PAY-9). While nobody knows what came of a payout, no other
one of its purpose is approved for its lines.
"""

from django.db import migrations

ON_ITS_WAY = "('sending', 'sent', 'unknown')"
GUARDS = f"""
CREATE FUNCTION refunds_unanswered_is_certain() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  kind text := TG_ARGV[0];
BEGIN
  IF NEW.status <> 'failed' THEN
    RAISE EXCEPTION '% %: what was sent is paid or has failed', kind, NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM core_logentry l WHERE l.subject_type = kind AND l.subject_id = NEW.id AND l.version = NEW.version
      AND l.to_status = 'failed' AND (
        l.actor_kind = 'system'
        OR (l.action = 'fail' AND NEW.gateway IN ('manual', 'offline'))
        OR (l.action = 'accept_unmoved' AND l.actor_kind = 'staff' AND NEW.unmoved_by_id IS NOT NULL
            AND l.actor_id <> NEW.unmoved_by_id
            AND EXISTS (SELECT 1 FROM core_logentry r WHERE r.subject_type = kind AND r.subject_id = NEW.id
                        AND r.version < NEW.version AND r.action = 'report_unmoved' AND r.note <> ''
                        AND r.actor_kind = 'staff' AND r.actor_id = NEW.unmoved_by_id
                        AND NOT EXISTS (SELECT 1 FROM core_logentry s WHERE s.subject_type = kind
                                        AND s.subject_id = NEW.id AND s.action = 'send'
                                        AND s.version > r.version AND s.version < NEW.version))))
  ) THEN
    RAISE EXCEPTION '% %: nobody may say alone that it has not moved', kind, NEW.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refunds_payout_is_certain AFTER UPDATE OF status ON refunds_payout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status IN {ON_ITS_WAY} AND NEW.status NOT IN ('sending', 'unknown', 'paid'))
  EXECUTE FUNCTION refunds_unanswered_is_certain('payout');
CREATE CONSTRAINT TRIGGER refunds_payment_is_certain AFTER UPDATE OF status ON refunds_refundpayment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status IN {ON_ITS_WAY} AND NEW.status NOT IN ('sent', 'unknown', 'done'))
  EXECUTE FUNCTION refunds_unanswered_is_certain('payment');

CREATE FUNCTION refunds_payout_number_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.attempt <> OLD.attempt
     AND NOT (OLD.status = 'approved' AND NEW.status = 'sending' AND NEW.attempt = OLD.attempt + 1) THEN
    RAISE EXCEPTION 'payout %: its number stays until it is sent again', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = 'approved' AND OLD.status <> 'approved' AND EXISTS (
    SELECT 1 FROM refunds_payoutline mine JOIN refunds_payoutline other
        ON other.order_line_id = mine.order_line_id AND other.payout_id <> mine.payout_id
      JOIN refunds_payout p ON p.id = other.payout_id AND p.purpose = NEW.purpose
    WHERE mine.payout_id = NEW.id
      AND (p.status = 'unknown' OR (p.status = 'sending' AND p.gateway NOT IN ('manual', 'offline')))
  ) THEN
    RAISE EXCEPTION 'payout %: nobody knows what came of another one for the same', NEW.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refunds_payout_number_stays BEFORE UPDATE ON refunds_payout
  FOR EACH ROW WHEN (NEW.attempt <> OLD.attempt OR NEW.status <> OLD.status)
  EXECUTE FUNCTION refunds_payout_number_stays();
"""
NO_GUARDS = """
DROP TRIGGER refunds_payout_number_stays ON refunds_payout;
DROP FUNCTION refunds_payout_number_stays();
DROP TRIGGER refunds_payment_is_certain ON refunds_refundpayment;
DROP TRIGGER refunds_payout_is_certain ON refunds_payout;
DROP FUNCTION refunds_unanswered_is_certain();
"""


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("refunds", "0024_who_reported_that_nothing_moved"), ("core", "0002_log_guards")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
