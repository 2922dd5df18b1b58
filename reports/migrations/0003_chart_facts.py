"""What charts need: facts with a detail, and sums of days. Facts so far are summed up, requests worked out again."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO reports_daysum (day, shop_id, measure, axis, key, facts, amount)
  SELECT day, shop_id, measure, axis, key, count(*), sum(amount)
  FROM reports_fact CROSS JOIN LATERAL (VALUES ('', ''), ('reason', reason), ('carrier', carrier)) a (axis, key)
  WHERE axis = '' OR key <> '' GROUP BY day, shop_id, measure, axis, key;
INSERT INTO reports_mark (subject_kind, subject_id) SELECT 'refund', id FROM refunds_refund;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0010_jobs"),
        ("reports", "0002_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="DaySum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="in Shanghai", verbose_name="day")),
                ("measure", models.CharField(max_length=24)),
                ("axis", models.CharField(max_length=8)),
                ("key", models.CharField(max_length=84)),
                ("amount", models.BigIntegerField(help_text="fen or seconds, as the measure says")),
                ("facts", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "sum of a day",
                "verbose_name_plural": "sums of days",
            },
        ),
        migrations.RemoveConstraint(
            model_name="fact",
            name="fact_once",
        ),
        migrations.AddField(
            model_name="fact",
            name="detail",
            field=models.CharField(
                default="", help_text="as the measure says: hour, state, step, stage", max_length=84
            ),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                condition=models.Q(("detail", ""), _negated=True),
                fields=["measure", "detail", "day", "id"],
                name="fact_behind_chart",
            ),
        ),
        migrations.AddIndex(
            model_name="sum",
            index=models.Index(condition=models.Q(("amount", 0), ("facts", 0)), fields=["id"], name="sum_of_nothing"),
        ),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.UniqueConstraint(
                fields=("subject_kind", "subject_id", "measure", "detail"), name="fact_once"
            ),
        ),
        migrations.AddField(
            model_name="daysum",
            name="shop",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.shop"),
        ),
        migrations.AddIndex(
            model_name="daysum",
            index=models.Index(
                condition=models.Q(("amount", 0), ("facts", 0)), fields=["id"], name="day_sum_of_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="daysum",
            constraint=models.UniqueConstraint(fields=("measure", "axis", "day", "shop", "key"), name="day_sum_once"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
