"""Regions that carriers do not serve, surcharges, and the history of what was known of them, never rewritten (LOG-1)."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER logistics_carrierchange_no_rewrite BEFORE UPDATE OR DELETE ON logistics_carrierchange
  FOR EACH ROW EXECUTE FUNCTION core_log_is_append_only();
CREATE TRIGGER logistics_carrierchange_no_truncate BEFORE TRUNCATE ON logistics_carrierchange
  FOR EACH STATEMENT EXECUTE FUNCTION core_log_is_append_only();
"""
BACKWARD = """
DROP TRIGGER logistics_carrierchange_no_truncate ON logistics_carrierchange;
DROP TRIGGER logistics_carrierchange_no_rewrite ON logistics_carrierchange;
"""

HOTLINES = {
    "yuantong": "95554",
    "zhongtong": "95311",
    "shentong": "95543",
    "yunda": "95546",
    "shunfeng": "95338",
    "ems": "11183",
    "youzhengguonei": "11183",
    "jd": "950616",
    "jtexpress": "956025",
    "debangkuaidi": "95353",
}
"""Short numbers as they are generally known; where one changes, a supervisor corrects it in the console."""


def name_hotlines(apps, schema_editor):
    """Fill in the hotlines that nobody has typed; a buyer who sends goods back is told them (LOG-7)."""
    carrier = apps.get_model("logistics", "Carrier")
    for code, phone in HOTLINES.items():
        carrier.objects.filter(code=code, phone="").update(phone=phone)


class Migration(migrations.Migration):
    """Three tables, their constraints, and the triggers of the history."""

    dependencies = [
        ("logistics", "0013_following_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CarrierChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(help_text="of the carrier, after the change")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("by_name", models.CharField(max_length=60, verbose_name="who")),
                ("before", models.JSONField(default=dict, help_text="empty for a new carrier")),
                ("after", models.JSONField()),
            ],
            options={
                "verbose_name": "change of a carrier",
                "verbose_name_plural": "changes of carriers",
                "ordering": ["-version"],
            },
        ),
        migrations.CreateModel(
            name="CarrierSurcharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "province",
                    models.CharField(
                        max_length=8,
                        verbose_name="province",
                    ),
                ),
                ("fen", models.PositiveIntegerField(verbose_name="surcharge")),
            ],
            options={
                "verbose_name": "surcharge",
                "verbose_name_plural": "surcharges",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="UnservedRegion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "province",
                    models.CharField(
                        max_length=8,
                        verbose_name="province",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="note")),
            ],
            options={
                "verbose_name": "region not served",
                "verbose_name_plural": "regions not served",
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="carrier",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="carrier",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("code"), name="carrier_code_in_any_case"
            ),
        ),
        migrations.AddField(
            model_name="carrierchange",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="carrierchange",
            name="carrier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="logistics.carrier"
            ),
        ),
        migrations.AddField(
            model_name="carriersurcharge",
            name="carrier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="surcharges", to="logistics.carrier"
            ),
        ),
        migrations.AddField(
            model_name="unservedregion",
            name="carrier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="unserved", to="logistics.carrier"
            ),
        ),
        migrations.AddConstraint(
            model_name="carrierchange",
            constraint=models.UniqueConstraint(fields=("carrier", "version"), name="carrier_change_a_version"),
        ),
        migrations.AddConstraint(
            model_name="carriersurcharge",
            constraint=models.UniqueConstraint(fields=("carrier", "province"), name="surcharge_once"),
        ),
        migrations.AddConstraint(
            model_name="carriersurcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "province__in",
                        (
                            "北京",
                            "天津",
                            "河北",
                            "山西",
                            "内蒙古",
                            "辽宁",
                            "吉林",
                            "黑龙江",
                            "上海",
                            "江苏",
                            "浙江",
                            "安徽",
                            "福建",
                            "江西",
                            "山东",
                            "河南",
                            "湖北",
                            "湖南",
                            "广东",
                            "广西",
                            "海南",
                            "重庆",
                            "四川",
                            "贵州",
                            "云南",
                            "西藏",
                            "陕西",
                            "甘肃",
                            "青海",
                            "宁夏",
                            "新疆",
                            "香港",
                            "澳门",
                            "台湾",
                        ),
                    )
                ),
                name="surcharge_province",
            ),
        ),
        migrations.AddConstraint(
            model_name="unservedregion",
            constraint=models.UniqueConstraint(fields=("carrier", "province"), name="unserved_once"),
        ),
        migrations.AddConstraint(
            model_name="unservedregion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "province__in",
                        (
                            "北京",
                            "天津",
                            "河北",
                            "山西",
                            "内蒙古",
                            "辽宁",
                            "吉林",
                            "黑龙江",
                            "上海",
                            "江苏",
                            "浙江",
                            "安徽",
                            "福建",
                            "江西",
                            "山东",
                            "河南",
                            "湖北",
                            "湖南",
                            "广东",
                            "广西",
                            "海南",
                            "重庆",
                            "四川",
                            "贵州",
                            "云南",
                            "西藏",
                            "陕西",
                            "甘肃",
                            "青海",
                            "宁夏",
                            "新疆",
                            "香港",
                            "澳门",
                            "台湾",
                        ),
                    )
                ),
                name="unserved_province",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(name_hotlines, migrations.RunPython.noop),
    ]
