"""Four eyes by every way in, payees that are only ever erased, and what must always hold of payouts (PAY-2, PAY-5, I7).

The application's role cannot approve for itself by SQL either: whoever is written down as the approver is an active
member of finance or a supervisor, did not open or change the payout, and has a row in the log that says that he
approved it at that amount. `core_log_guards` keeps that log from being rewritten.
"""

from django.db import migrations

from aftersales.core.migration_sql import guard_status

APPROVED = "('approved', 'sending', 'unknown', 'paid', 'failed')"

FOUR_EYES = f"""
CREATE FUNCTION refunds_payout_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.opened_by_id <> OLD.opened_by_id THEN
    RAISE EXCEPTION 'payout %: who opened it stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.status IN ('sending', 'unknown', 'paid') AND NEW.status <> 'failed'
     AND (NEW.amount_fen, NEW.payee_id, NEW.order_id, NEW.purpose)
         IS DISTINCT FROM (OLD.amount_fen, OLD.payee_id, OLD.order_id, OLD.purpose) THEN
    RAISE EXCEPTION 'payout %: what was sent stays', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.approved_by_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.approved_by_id IS DISTINCT FROM NEW.approved_by_id)
     AND NOT EXISTS (SELECT 1 FROM core_user u WHERE u.id = NEW.approved_by_id AND u.is_active
                     AND u.role IN ('finance', 'supervisor')) THEN
    RAISE EXCEPTION 'payout %: % may not approve', NEW.id, NEW.approved_by_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refunds_payout_four_eyes BEFORE INSERT OR UPDATE ON refunds_payout
  FOR EACH ROW EXECUTE FUNCTION refunds_payout_four_eyes();

CREATE FUNCTION refunds_payout_approval_is_logged() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM core_logentry l WHERE l.subject_type = 'payout' AND l.subject_id = NEW.id
      AND l.version <= NEW.version AND l.action = 'approve' AND l.actor_id = NEW.approved_by_id
      AND l.actor_kind = 'staff' AND l.at = NEW.approved_at
  ) THEN
    RAISE EXCEPTION 'payout %: approved without a row in the log', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refunds_payout_approval_is_logged AFTER INSERT OR UPDATE ON refunds_payout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN {APPROVED})
  EXECUTE FUNCTION refunds_payout_approval_is_logged();
"""
NO_FOUR_EYES = """
DROP TRIGGER refunds_payout_approval_is_logged ON refunds_payout;
DROP FUNCTION refunds_payout_approval_is_logged();
DROP TRIGGER refunds_payout_four_eyes ON refunds_payout;
DROP FUNCTION refunds_payout_four_eyes();
"""

# The texts may be written anew with another key, or erased; whose they are and where the money went stays.
PAYEES = """
CREATE FUNCTION refunds_payee_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.order_id, NEW.account_type, NEW.masked_account, NEW.masked_name, NEW.fingerprint,
                          NEW.created_at, NEW.created_by)
       IS DISTINCT FROM (OLD.order_id, OLD.account_type, OLD.masked_account, OLD.masked_name, OLD.fingerprint,
                         OLD.created_at, OLD.created_by) THEN
    RAISE EXCEPTION 'a payee is never rewritten; a correction is a new one' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refunds_payee_stays BEFORE UPDATE OR DELETE ON refunds_payee
  FOR EACH ROW EXECUTE FUNCTION refunds_payee_stays();
CREATE TRIGGER refunds_payeedisclosure_no_rewrite BEFORE UPDATE OR DELETE ON refunds_payeedisclosure
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER refunds_payeedisclosure_no_truncate BEFORE TRUNCATE ON refunds_payeedisclosure
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
NO_PAYEES = """
DROP TRIGGER refunds_payeedisclosure_no_truncate ON refunds_payeedisclosure;
DROP TRIGGER refunds_payeedisclosure_no_rewrite ON refunds_payeedisclosure;
DROP TRIGGER refunds_payee_stays ON refunds_payee;
DROP FUNCTION refunds_payee_stays();
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i1_payouts": (
        "I1: A payout is paid exactly when its money has moved, once, at the amount that was approved.",
        """
SELECT 'payout' AS subject_type, p.id AS subject_id, NULL::timestamptz AS since,
       format('%s, attempt %s, ¥%s of ¥%s approved, reference “%s”',
              p.status, p.attempt, p.amount_fen, p.approved_fen, p.reference) AS detail
FROM refunds_payout p
WHERE (p.status = 'paid') <> (p.paid_at IS NOT NULL AND p.reference <> '')
   OR (p.status = 'paid' AND p.amount_fen IS DISTINCT FROM p.approved_fen)
   OR (p.status IN ('sending', 'unknown', 'paid') AND p.attempt = 0)
""",
    ),
    "invariant_i3_payouts": (
        "I3: No payout leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.from_status <> l.to_status AND l.subject_type = 'payout' AND l.from_status IN ('paid', 'rejected')
""",
    ),
    "invariant_i4_payouts": (
        "I4: Every payout is in the state and version of its last log row.",
        """
SELECT 'payout' AS subject_type, p.id AS subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', p.status, p.version, l.to_status, l.version) AS detail
FROM refunds_payout p LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = 'payout' AND e.subject_id = p.id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM p.version OR l.to_status IS DISTINCT FROM p.status
""",
    ),
    "invariant_i7_four_eyes": (
        "I7: No payout is approved or settled without two people.",
        f"""
SELECT 'payout' AS subject_type, p.id AS subject_id, NULL::timestamptz AS since,
       format('%s: opened by %s, changed by %s, approved by %s', p.status, p.opened_by_id, p.edited_by_id,
              p.approved_by_id) AS detail
FROM refunds_payout p
WHERE p.status IN {APPROVED} AND (
  p.approved_by_id IS NULL OR p.approved_by_id IN (p.opened_by_id, p.edited_by_id)
  OR NOT EXISTS (SELECT 1 FROM core_logentry l WHERE l.subject_type = 'payout' AND l.subject_id = p.id
                 AND l.action = 'approve' AND l.actor_id = p.approved_by_id)
  OR EXISTS (SELECT 1 FROM core_logentry l WHERE l.subject_type = 'payout' AND l.subject_id = p.id
             AND l.action = 'open' AND l.actor_id = p.approved_by_id))
""",
    ),
}


def _create(name: str, sentence: str, body: str) -> str:
    said = sentence.replace("'", "''")
    return f"CREATE VIEW {name} AS {body};\nCOMMENT ON VIEW {name} IS '{said}';"


FORWARD = "\n".join(_create(name, sentence, body) for name, (sentence, body) in VIEWS.items())
BACKWARD = "\n".join(f"DROP VIEW {name};" for name in VIEWS)


class Migration(migrations.Migration):
    """Triggers and views."""

    dependencies = [("refunds", "0007_payouts"), ("core", "0002_log_guards")]
    operations = [
        migrations.RunSQL(*guard_status("refunds_payout", "payout", ["paid", "rejected"])),
        migrations.RunSQL(FOUR_EYES, NO_FOUR_EYES),
        migrations.RunSQL(PAYEES, NO_PAYEES),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
