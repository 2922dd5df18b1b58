"""SQL that the migrations of several apps share: the guards of a table with a status."""

from collections.abc import Iterable


def guard_status(table: str, subject_type: str, final: Iterable[str]) -> tuple[str, str]:
    """Give the SQL (forward, backward) that lets `table` change its status only with a log row, never from `final`."""
    states = ", ".join(f"'{state}'" for state in sorted(final))
    forward = f"""
CREATE CONSTRAINT TRIGGER {table}_status_is_logged AFTER INSERT OR UPDATE OF status ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_status_is_logged('{subject_type}');
CREATE TRIGGER {table}_status_is_final BEFORE UPDATE OF status ON {table}
  FOR EACH ROW WHEN (OLD.status IN ({states}) AND OLD.status <> NEW.status)
  EXECUTE FUNCTION core_status_is_final();
"""
    backward = f"""
DROP TRIGGER {table}_status_is_final ON {table};
DROP TRIGGER {table}_status_is_logged ON {table};
"""
    return forward, backward
