"""Money without an answer, as one of two people has reported it (PAY-9)."""

from collections.abc import Callable
from typing import Any

from aftersales.core import transitions
from aftersales.core.models import Role, Shop
from tests import factories


def reported(ready: Callable[[Shop], Any], machine: Any) -> Callable[[Shop], Any]:
    def told(shop: Shop) -> Any:
        row = transitions.apply(
            machine, ready(shop).pk, "report_unmoved", actor=factories.staff(Role.FINANCE), note="流水中没有"
        )
        type(row).objects.filter(pk=row.pk).update(ask_at=None)  # as asked since
        return row

    return told


def unmoved(row: Any) -> dict[str, Any]:
    return {"reason": "流水中没有", "evidence": [factories.make_evidence(row.shop, purpose="receipt")]}
