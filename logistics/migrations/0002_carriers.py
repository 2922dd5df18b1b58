"""The carriers that shops use, with the number formats known in 2024 and before (field data, edited on the admin pages).

Sources: Taobao's `logistics.companies.get` (codes, older patterns) and public validators of 2024.
"""

from django.db import migrations

# code of the tracking service, name, formats, surface mail, tracked on its own site only
CARRIERS = (
    ("yuantong", "圆通速递", r"YT\d{13} [0-9DEFGVW]\d{9}", False, False),
    (
        "zhongtong",
        "中通快递",
        r"7[3-68]\d{12} (618|680|688|828|988|571|518|010|628|205|88)\d{9} (00|10)?\d{10}",
        False,
        False,
    ),
    ("shentong", "申通快递", r"(77|43)\d{12,15} [2-9]68\d{9,10} [58]88\d{9,10}", False, False),
    ("yunda", "韵达快递", r"[34]\d{14} 5\d{12} \d{13}", False, False),
    ("shunfeng", "顺丰速运", r"SF[A-Z0-9]\d{12} \d{12}", False, False),
    ("ems", "EMS", r"[981]\d{12} [A-Z]{2}\d{9}[A-Z]{2}", False, True),
    ("youzhengguonei", "邮政国内包裹", r"[981]\d{12} P[A-Z]\d{11}", True, True),
    ("jd", "京东快递", r"JD[A-Z0-9]{2}\d{11}", False, False),
    ("jtexpress", "极兔速递", r"JT\d{13}", False, False),
    ("debangkuaidi", "德邦快递", r"DPK\d{12} \d{7,8}", False, False),
    ("huitongkuaidi", "百世快递", "", False, False),
    ("tiantian", "天天快递", r"\d{12,14}", False, False),
    ("zhaijisong", "宅急送", r"\d{10}", False, False),
    ("youshuwuliu", "优速物流", r"VIP\d{9} V\d{11} \d{12}", False, False),
    ("ganzhongnengda", "港中能达", r"(88)?\d{10} [1235]?\d{9}", False, False),
)


def fill(apps, schema_editor):
    """Add the carriers that are not there yet."""
    carrier = apps.get_model("logistics", "Carrier")
    for code, name, formats, surface, own_site in CARRIERS:
        carrier.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "formats": "\n".join(formats.split()),
                "surface": surface,
                "tracked_on_own_site": own_site,
            },
        )


class Migration(migrations.Migration):
    """Carriers as data."""

    dependencies = [("logistics", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
