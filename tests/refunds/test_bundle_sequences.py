"""Whatever comes back of bundles, thresholds and gifts in whatever order: never a fen too much, none lost (AMT-3)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.core import errors
from orders.models import Order, OrderLine
from refunds import services
from refunds.services import settling
from refunds.services.assessing import assess

pytestmark = pytest.mark.django_db
LineAsk = services.LineAsk

PIECES = st.lists(
    st.tuples(
        st.integers(0, 4000),  # price of a unit
        st.integers(1, 3),  # units
        st.integers(0, 3),  # the bundle, or none
        st.booleans(),  # a gift
    ),
    min_size=1,
    max_size=5,
)
STEP = st.tuples(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=5, unique_by=lambda one: one[0]),
    st.sampled_from(["seven_day", "quality", "without_goods"]),
    st.floats(0, 1),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pieces=PIECES,
    paid=st.floats(0, 1),
    postage=st.integers(0, 900),
    steps=st.lists(STEP, max_size=10),
    kept_price=st.sampled_from(["share", "list"]),
    threshold=st.integers(0, 6000),
)
def test_no_sequence_of_returns_gives_a_fen_too_much_or_loses_one(
    monkeypatch, pieces, paid, postage, steps, kept_price, threshold
):
    """AMT-1, AMT-2, AMT-3, LAW-3: whatever was asked before, when all has come back all that was paid is given back.

    Pure: an order in memory, the books moved as `payments_promise` moves them.
    """
    monkeypatch.setattr(settling, "counts_as", lambda order: kept_price)
    order, rows = in_memory(pieces, paid, postage, threshold)
    for wanted, way, part in steps:
        asks = [(rows[n], units) for n, units in wanted if n < len(rows)]
        take(order, rows, asks, way, part)
    left = [(row, row.quantity_left) for row in rows if row.quantity_left]
    if left and not take(order, rows, left, "seven_day", 1):
        assert sum(row.left_fen for row, _units in left) == sum(row.held_fen for row in rows) == 0
    assert sum(row.promised_fen for row in rows) == sum(row.paid_share_fen for row in rows)
    assert {row.held_fen for row in rows} == {0}


@pytest.mark.parametrize("bug", ["over_the_line", "lost", "kept_at_share"])
def test_settlement_that_errs_is_seen(monkeypatch, bug):
    """Negative control: what is held forgotten, never let go, or not taken off fails the checks of the property."""
    monkeypatch.setattr(settling, "counts_as", lambda order: "list")
    order, rows = in_memory([(100, 1, 1, False), (100, 1, 1, False)], 0.75, 0, 0)
    if bug == "over_the_line":
        monkeypatch.setattr(settling, "_let_go", lambda group, fen: {group[1].pk: fen})
    elif bug == "lost":
        monkeypatch.setattr(settling, "_let_go", lambda group, fen: {})
    else:
        monkeypatch.setattr(settling, "_kept", lambda *told: (told[2][:0], 0, "share"))
    with pytest.raises(AssertionError):
        one_after_the_other(order, rows)


def one_after_the_other(order, rows):
    """Return the first, of which the reduction is held back, and then the rest."""
    assert take(order, rows, [(rows[0], 1)], "seven_day", 1)
    assert rows[0].held_fen == 25
    assert take(order, rows, [(rows[1], 1)], "seven_day", 1)
    assert sum(row.promised_fen for row in rows) == sum(row.paid_share_fen for row in rows)


def in_memory(pieces, paid, postage, threshold):
    """An order, of each line of which `paid` of the price was paid."""
    rows = []
    for n, (price, units, group, is_gift) in enumerate(pieces):
        share = 0 if is_gift else int(price * units * paid)
        row = OrderLine(
            pk=n + 1,
            line_no=str(n),
            title=f"茶 {n}",
            unit_price_fen=price,
            quantity=units,
            paid_share_fen=share,
            bundle="甲乙丙"[group - 1] if group else "",
            bundle_from_fen=threshold if group == 1 else 0,
            gift=is_gift,
            seven_day_return=True,
            shipped=True,
        )
        rows.append(row)
    goods_fen = sum(row.paid_share_fen for row in rows)
    order = Order(pk=1, shop_id=1, paid_fen=goods_fen + postage, postage_fen=postage, escrow=True)
    order.__dict__["status"] = "WAIT_BUYER_CONFIRM_GOODS"
    return order, rows


def take(order, rows, asks, way, part):
    """Ask, promise what the rules allow in memory, and check that nothing is over. Says whether it was taken."""
    goods = way != "without_goods"
    kind, reason = ("return_refund", way) if goods else ("refund_only", "quality")
    lines = tuple(
        LineAsk(row.line_no, units, None if goods else int(part * settling.max_line_fen(row, units)))
        for row, units in asks
    )
    before = sum(row.promised_fen + row.held_fen for row in rows)
    wanted = services.Ask(kind, "received", reason, lines)
    try:
        found = assess(order, rows, wanted, open_lines=set(), postage_asked=0)
    except errors.Problem:
        return False
    assert 0 < found.amount_fen <= order.left_fen
    for item in found.lines:
        item.line.promised_fen += item.amount_fen
        item.line.held_fen += item.held_fen
        item.line.returned_quantity += item.quantity if item.takes_units else 0
    order.promised_fen += found.amount_fen
    order.postage_given_fen += found.postage_fen
    for row in rows:
        assert row.promised_fen >= 0 <= row.held_fen
        assert row.promised_fen + row.held_fen <= row.paid_share_fen
        assert 0 <= row.returned_quantity <= row.quantity
    shares = sum(item.amount_fen + item.held_fen for item in found.lines)
    assert sum(row.promised_fen + row.held_fen for row in rows) == before + shares
    for told in found.sums:
        bare = told.paid_fen - told.before_fen - sum(one.counts_fen for one in told.kept)
        assert told.goes_fen == max(bare, 0) or told.why == "fault"
    return True
