"""An inspection names what makes goods not intact (LAW-1); what earlier ones looked at says it where it was one thing."""

from django.db import migrations, models

NAMED = """
UPDATE refunds_inspectionline l SET findings = named.findings FROM (
  SELECT i.id, jsonb_agg(n.finding ORDER BY n.finding) AS findings
  FROM refunds_inspectionline i CROSS JOIN LATERAL jsonb_each(i.checks) c JOIN (VALUES
    ('tags', 'tags_removed'), ('clean', 'worn'), ('unused', 'activated'), ('sealed', 'seal_opened')
  ) n (looked_at, finding) ON n.looked_at = c.key
  WHERE c.value = 'false' GROUP BY i.id) named
WHERE named.id = l.id"""


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("refunds", "0021_proposals_keep_sales")]

    operations = [
        migrations.AddField(
            model_name="inspectionline",
            name="findings",
            field=models.JSONField(default=list, help_text="what makes it not intact, by name (LAW-1)"),
        ),
        migrations.RunSQL(NAMED, migrations.RunSQL.noop),
    ]
