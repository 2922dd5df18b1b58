"""What each category of goods has of warranty (WAR-1)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.core.policies.kinds import PolicyDefinition
from aftersales.core.policies.shapes import flag, rows, text, texts, whole


def _row(
    category: str, *known_by: str, months: int, return_days: int = 0, exchange_days: int = 0, main_unit: bool = False
) -> dict[str, Any]:
    return {
        "category": category,
        "known_by": list(known_by),
        "return_days": return_days,
        "exchange_days": exchange_days,
        "main_unit_only": main_unit,
        "repair_months": months,
    }


WARRANTY: tuple[PolicyDefinition, ...] = (
    PolicyDefinition(
        "warranty.rules",
        "json",
        [
            _row("phone", "phone", "手机", months=12, return_days=7, exchange_days=15, main_unit=True),
            _row("battery", "battery", "电池", "手机电池", months=6),
            _row("wired_earphone", "wired earphone", "earphone", "有线耳机", "耳机", months=3),
            _row("memory_card", "memory card", "存储卡", "内存卡", months=3),
            _row("charger", "charger", "充电器", "手机充电器", months=12),
            _row("bluetooth_headset", "bluetooth headset", "蓝牙耳机", "无线耳机", months=12),
            _row("phone_case", "phone case", "手机壳", "手机膜", "手机支架", "手机配件", months=0),
            _row("gift", "gift", "赠品", months=0),
            _row("electronics", "electronics", "digital", "数码", "家电", "电子", months=12),
        ],
        ("WAR-1",),
        _("Warranty"),
        _("Return, exchange and repair by product category"),
        _(
            "Counted from delivery, for a fault that the user did not cause. A line is of the category whose longest "
            "word its own category begins with; zero stands for nothing."
        ),
        shape=rows(
            unique="category",
            category=text(40),
            known_by=texts,
            return_days=whole(0, 365),
            exchange_days=whole(0, 365),
            main_unit_only=flag,
            repair_months=whole(0, 240),
        ),
    ),
)
