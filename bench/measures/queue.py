"""The queue page against the same rows through a bare Django template; its depth, filters, tabs and counts."""

import time
from collections.abc import Iterator

from django.db import connection
from django.db.backends.signals import connection_created

from aftersales.core.api.pagination import cursor_seal
from aftersales.core.auth import Actor
from aftersales.core.models import User
from bench import data
from bench.context import Bench, rows
from bench.databases import copy_of
from bench.harness import Finding, buffers, count, in_pairs
from tickets.selectors import queue as selectors

STATEMENTS, CALLS, BUFFERS_A_ROW = 5, 25_000, 10
VIEWS = (
    "tab=seller",
    "tab=mine",
    "tab=return",
    "tab=refused",
    "tab=paying",
    "tab=all",
    "tab=all&sort=newest",
    "tab=all&sort=oldest",
    "tab=all&kind=refund_only",
    "tab=seller&reason=seven_day",
    "tab=all&owner=none",
    f"tab=seller&owner={data.AGENT}",
    "tab=all&amount_from=100&amount_to=105",
    "tab=all&disputed=1",
    "tab=seller&amount_from=5000",
)


def measure(bench: Bench) -> Iterator[Finding]:
    """Compare, count, go deep, try every tab and filter."""
    with copy_of(bench.database):
        yield from _page(bench)
        yield from _depth(bench)
        yield from _views(bench)
        yield _counts(bench)
        yield _connections(bench)
        yield from _search(bench)


def _page(bench: Bench) -> Iterator[Finding]:
    me = bench.sign_in()

    def page() -> bytes:
        return bench.product("/queue/", **me)

    def floor() -> bytes:
        return bench.bare("/html", **me)

    assert page().count(b"<tr data-row=") == floor().count(b'name="pick"') == 50
    found = in_pairs(page, floor, pairs=bench.pairs)
    yield Finding("queue page : bare Django template", str(found.cpu), "≤ 1.0", found.cpu.median <= 1, found.notes())
    json = in_pairs(page, lambda: bench.bare("/values", **me), pairs=bench.pairs // 2)
    yield Finding("queue page : values() as JSON", str(json.cpu), notes=json.notes())
    counted = count(page)
    said = len(counted.statements)
    yield Finding("queue page, statements", str(said), f"≤ {STATEMENTS}", said <= STATEMENTS)
    yield Finding("queue page, Python calls", f"{counted.calls:,}", f"≤ {CALLS:,}", counted.calls <= CALLS)
    per_row = buffers(counted.statements) / 50
    goal = f"≤ {BUFFERS_A_ROW}"
    yield Finding("queue page, buffers a row", f"{per_row:.1f}", goal, per_row <= BUFFERS_A_ROW)
    selectors._row_markup.cache_clear()

    def fresh() -> bytes:
        selectors._row_markup.cache_clear()
        return page()

    cold = in_pairs(fresh, floor, pairs=bench.pairs // 2)
    yield Finding("queue page, no row rendered before : bare template", str(cold.cpu), notes=cold.notes())


def _depth(bench: Bench) -> Iterator[Finding]:
    """Go to the last page that the tab has: ten thousand where there are as many."""
    me = bench.sign_in()
    waiting = rows("SELECT count(*) FROM refunds_refund WHERE status = 'WAIT_SELLER_AGREE'")[0][0]
    number = min(waiting // 50 - 1, 10_000)
    ask = "SELECT urgent_at, id FROM refunds_refund WHERE status = 'WAIT_SELLER_AGREE' ORDER BY 1, 2 OFFSET %s LIMIT 1"
    key = list(rows(ask, 50 * number - 1)[0])
    ordering = selectors.ORDERINGS["urgent"]
    deep = f"/queue/?after={cursor_seal(key, ordering)}"
    second = f"/queue/?after={cursor_seal(list(rows(ask, 49)[0]), ordering)}"
    assert bench.product(deep, **me).count(b"<tr data-row=") == 50
    found = in_pairs(
        lambda: bench.product(deep, **me),
        lambda: bench.product(second, **me),
        pairs=bench.pairs // 2,
        with_database=True,
    )
    yield Finding(
        f"queue page {number + 1:,} : page 2", str(found.cpu), "≤ 1.1", found.cpu.median <= 1.1, found.notes()
    )


def _views(bench: Bench) -> Iterator[Finding]:
    """Every tab and filter: what it costs beside the plain page, with the database's part, and its buffers."""
    me = bench.sign_in()
    worst, most, name, widest = 0.0, 0.0, "", ""
    for view in VIEWS:

        def page(view: str = view) -> bytes:
            return bench.product(f"/queue/?{view}", **me)

        shown = max(page().count(b"<tr data-row="), 1)
        found = in_pairs(
            page, lambda: bench.product("/queue/", **me), pairs=max(bench.pairs // 10, 5), with_database=True
        )
        touched = buffers(count(page).statements) / shown if shown == 50 else 0
        if found.cpu.median > worst:
            worst, name = found.cpu.median, view
        if touched > most:
            most, widest = touched, view
    yield Finding("dearest tab or filter : the plain page", f"{worst:.2f}", "≤ 1.1", worst <= 1.1, name)
    goal = f"≤ {BUFFERS_A_ROW}"
    yield Finding("most buffers a row, any full page", f"{most:.1f}", goal, most <= BUFFERS_A_ROW, widest)


def _counts(bench: Bench) -> Finding:
    me = bench.sign_in()
    actor = Actor.for_user(User.objects.get(username=data.AGENT))
    found = in_pairs(
        lambda: selectors.queue_counts(actor),
        lambda: bench.product("/queue/", **me),
        pairs=bench.pairs,
        with_database=True,
    )
    share = found.cpu.median
    return Finding("tab counts : queue page", str(found.cpu), "≤ 0.10", share <= 0.1, found.notes())


def _connections(bench: Bench) -> Finding:
    me = bench.sign_in()
    made: list[object] = []

    def note(sender: object, **kwargs: object) -> None:
        made.append(sender)

    connection.close()
    connection_created.connect(note)
    try:
        requests = 1000 if bench.long else 200
        for _number in range(requests):
            bench.product("/queue/", **me)
    finally:
        connection_created.disconnect(note)
    return Finding(f"connections made by {requests} requests", str(len(made)), "≤ 5 a 1,000", len(made) <= 5)


def _search(bench: Bench) -> Iterator[Finding]:
    me = bench.sign_in()
    [[refund_no, order_no]] = rows(
        "SELECT refund_no, order_no FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id"
        " ORDER BY r.id DESC LIMIT 1"
    )
    slowest, which = 0.0, ""
    for asked in (refund_no, order_no, "茶友", "友01", "0034", "YT1234567890123x7", "没有的"):
        times = []
        for _number in range(7):
            start = time.perf_counter()
            bench.product(f"/search/?q={asked}".encode().decode("latin-1"), expect=None, **me)
            times.append(time.perf_counter() - start)
        middle = sorted(times)[3] * 1000
        if middle > slowest:
            slowest, which = middle, asked
    yield Finding("slowest search, ms on the wall", f"{slowest:.0f}", "≤ 60", slowest <= 60, which)
