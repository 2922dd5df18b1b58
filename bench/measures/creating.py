"""Registering an order and applying for a return over REST, against plain REST framework."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

from bench.context import Bench, rows
from bench.databases import copy_of
from bench.harness import Finding, counting, in_pairs
from orders.api.examples import ORDER

_numbers = itertools.count(1)


def order() -> dict[str, Any]:
    """Give an order of a new buyer, as a shop front-end sends it."""
    number = f"{time.time_ns()}-{next(_numbers)}"
    return ORDER | {"shop": "bench1", "buyer": {"id": f"b-{number}", "nick": "茶友小李"}, "order_no": number}


def register(bench: Bench) -> bytes:
    """Register over the product's interface."""
    body = order()
    number = body.pop("order_no")
    return bench.product(f"/api/v1/orders/{number}", body, method="PUT", expect=201, **bench.shop)


def register_plainly(bench: Bench) -> bytes:
    """Register over the floor."""
    body = order()
    body |= {"buyer": {"buyer_id": body["buyer"]["id"], "nick": body["buyer"]["nick"]}}
    return bench.bare("/orders", body, expect=201, **bench.shop)


def ask(number: str) -> dict[str, Any]:
    """Give what a buyer sends who wants to return one unit."""
    line = {"line_no": "1", "quantity": 1}
    kind = {"kind": "return_refund", "goods_status": "received", "reason": "seven_day"}
    return {"order_no": number, "description": "口味不合适", "lines": [line]} | kind


def apply(bench: Bench, number: str) -> bytes:
    """Apply over the product's interface."""
    key = {"HTTP_IDEMPOTENCY_KEY": f"apply-{number}"}
    return bench.product("/api/v1/refunds", ask(number), expect=201, **key, **bench.shop)


def measure(bench: Bench) -> Iterator[Finding]:
    """Compare both, and count."""
    with copy_of(bench.database):
        found = in_pairs(lambda: register(bench), lambda: register_plainly(bench), pairs=bench.pairs)
        holds = found.cpu.median <= 1.5
        with counting() as counted:
            register(bench)
        notes = f"{found.notes()}; {len(counted.statements)} statements"
        yield Finding("registering an order : DRF create floor", str(found.cpu), "≤ 1.5", holds, notes)
        # Orders of the first shop whose request the buyer took back: what he bought may be asked for again.
        waits = rows(
            "SELECT o.order_no FROM orders_order o JOIN refunds_refund r ON r.order_id = o.id JOIN core_shop s"
            " ON s.id = o.shop_id WHERE s.code = 'bench1' AND r.status = 'CLOSED' AND r.flow = 'return_refund'"
            " ORDER BY o.id LIMIT %s",
            bench.pairs * 3 + 20,
        )
        given = iter([row[0] for row in waits])
        pairs = min(bench.pairs, (len(waits) - 12) // 3)
        found = in_pairs(
            lambda: apply(bench, next(given)),
            lambda: bench.bare("/apply", ask(next(given)), expect=201, **bench.shop),
            pairs=pairs,
            warm=2,
        )
        with counting() as counted:
            apply(bench, next(given))
        notes = f"{found.notes()}; {len(counted.statements)} statements"
        yield Finding("applying : DRF create floor", str(found.cpu), "≤ 1.5", found.cpu.median <= 1.5, notes)
