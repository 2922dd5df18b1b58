"""Cases for the tests of the playbook: what they have in common, and any case that hypothesis can think of."""

from typing import Any

from hypothesis import strategies as st

from refunds.states import OPEN_STATES, GoodsStatus, Kind, Phase, Reason
from tickets.selectors.playbook import Facts
from tickets.selectors.playbook.regions import Box, Space


def case(**given: Any) -> Facts:
    """A seven-day return within its time, waiting for the seller, unless said otherwise."""
    usual: dict[str, Any] = {
        "status": "WAIT_SELLER_AGREE",
        "kind": "return_refund",
        "goods_status": "received",
        "reason": "seven_day",
        "phase": "onsale",
        "parcel": "signed",
        "shipped_days": 3,
        "signed_days": 1,
        "in_time": True,
        "amount_fen": 10400,
        "seven_day_goods": True,
    }
    return Facts(**(usual | given))


def unshipped(**given: Any) -> Facts:
    """A request before shipment."""
    return case(
        **{
            "kind": "refund_only",
            "goods_status": "not_received",
            "reason": "no_longer_wanted",
            "before_shipment": True,
            "parcel": "not_shipped",
            "shipped_days": None,
            "signed_days": None,
            "in_time": None,
        }
        | given
    )


def missing(**given: Any) -> Facts:
    """A refund of goods that did not arrive."""
    usual = {"kind": "refund_only", "goods_status": "not_received", "reason": "not_received"}
    return case(**usual | {"parcel": "under_way", "signed_days": None, "in_time": None} | given)


def kept(reason: str, **given: Any) -> Facts:
    """A refund without return of goods that arrived."""
    return case(**{"kind": "refund_only", "reason": reason} | given)


def left_of(space: Space, cases: list[Box], takers: list[Box]) -> list[Box]:
    """What is left of cases when others are taken out, by dividing all of them: slow, and plain to see."""
    for taken in takers:
        remaining: list[Box] = []
        for box in cases:
            rest = dict(box)
            if space.meet(box, taken) is None:
                remaining.append(box)
                continue
            for key, bits in taken.items():
                here = rest.get(key, space.full[key])
                if here & ~bits:
                    remaining.append({**rest, key: here & ~bits})
                rest[key] = here & bits
        cases = remaining
    return cases


_NUMBERS = st.integers(0, 400)
ANY_CASE = st.builds(
    Facts,
    status=st.sampled_from([state.value for state in OPEN_STATES]),
    kind=st.sampled_from(Kind.values),
    goods_status=st.sampled_from(GoodsStatus.values),
    reason=st.sampled_from(Reason.values),
    phase=st.sampled_from(Phase.values),
    before_shipment=st.booleans(),
    in_dispute=st.booleans(),
    voided=st.booleans(),
    parcel=st.sampled_from(["not_shipped", "no_number", "under_way", "signed"]),
    return_state=st.sampled_from(["none", "sent", "passed", "failed"]),
    amount_fen=st.integers(0, 10**9),
    full_amount=st.booleans(),
    given_before=st.booleans(),
    seven_day_goods=st.booleans(),
    hot_seller=st.booleans(),
    insured=st.booleans(),
    pictures=_NUMBERS,
    attempt=st.integers(1, 9),
    refusals=_NUMBERS,
    buyer_requests=_NUMBERS,
    buyer_refusals=_NUMBERS,
    shipped_days=st.none() | _NUMBERS,
    signed_days=st.none() | _NUMBERS,
    in_time=st.none() | st.booleans(),
    item_score=st.none() | st.integers(0, 50),
    category=st.none() | st.text(max_size=5),
    shop=st.none() | st.text(max_size=5),
)
