"""After its time a text may be erased, and never rewritten: of the log, and of what is append-only like it (LAW-7)."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
-- Arguments: the column of the row's moment, then the columns that may become '—', or whose values may where they are
-- an object. All else stays, for ever.
CREATE FUNCTION core_text_is_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was jsonb := to_jsonb(OLD);
  becomes jsonb := to_jsonb(NEW);
  name text;
BEGIN
  IF TG_OP = 'UPDATE' AND (was ->> TG_ARGV[0])::timestamptz < now() - interval '3 years' THEN
    FOREACH name IN ARRAY TG_ARGV[1:] LOOP
      IF becomes ->> name = '—' OR (jsonb_typeof(was -> name) = 'object' AND NOT EXISTS (
        SELECT 1 FROM jsonb_each(was -> name) a FULL JOIN jsonb_each(becomes -> name) b USING (key)
        WHERE a.value IS DISTINCT FROM b.value AND (a.value IS NULL OR b.value IS DISTINCT FROM '"—"')
      )) THEN
        was := was - name;
        becomes := becomes - name;
      END IF;
    END LOOP;
    IF was = becomes THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER core_log_no_rewrite ON core_logentry;
CREATE TRIGGER core_log_no_rewrite BEFORE UPDATE OR DELETE ON core_logentry
  FOR EACH ROW EXECUTE FUNCTION core_text_is_only_erased('at', 'note', 'actor_name', 'changes');
"""
BACKWARD = """
DROP TRIGGER core_log_no_rewrite ON core_logentry;
CREATE TRIGGER core_log_no_rewrite BEFORE UPDATE OR DELETE ON core_logentry
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
DROP FUNCTION core_text_is_only_erased();
"""


class Migration(migrations.Migration):
    """The guard, and the reports of the job."""

    dependencies = [("core", "0008_answers_are_unreadable_at_rest")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("orders", models.PositiveIntegerField(verbose_name="orders")),
                ("rows", models.JSONField(default=dict, verbose_name="rows")),
                (
                    "shop",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
                ),
            ],
            options={"verbose_name": "erasure", "verbose_name_plural": "erasures", "ordering": ["-id"]},
        ),
    ]
