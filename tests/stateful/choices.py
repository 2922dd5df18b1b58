"""What the machine chooses from: steps that fit a state, and their arguments."""

from typing import Any

from hypothesis import strategies as st

from tests.stateful import model

REASONS = {
    ("missing", True, True): "not_received",
    ("missing", False, True): "other",
    ("missing", True, False): "out_of_stock",
    ("missing", False, False): "other",
    ("kept", True): "quality",
    ("kept", False): "price_difference",
    ("back", True): "quality",
    ("back", False): "no_longer_wanted",
}
PRICES = st.one_of(st.integers(1, 3000), st.just(0))
ORDERS = st.lists(st.tuples(PRICES, st.integers(1, 3), st.booleans(), st.integers(0, 2)), min_size=1, max_size=3)
UNITS = st.dictionaries(st.integers(0, 2), st.integers(1, 3), min_size=1, max_size=3)
PARTS = st.one_of(st.none(), st.fractions(0, 1, max_denominator=7))
WAYS = st.sampled_from(["missing", "kept", "back", "back"])
WISHES = st.builds(model.Wish, WAYS, st.booleans(), UNITS, PARTS)
PICK = st.integers(0, 5)
AMOUNT = st.one_of(st.none(), st.integers(-1, 4000))
SENSIBLE = {
    model.AGREE: ["agree", "agree", "refuse", "cancel", "modify"],
    model.RETURN: ["send_back", "send_back", "send_back", "cancel"],
    model.CONFIRM: ["inspect", "inspect", "agree", "refuse", "send_back", "cancel"],
    model.REFUSED: ["modify", "ask_the_platform", "ask_the_platform", "cancel"],
    model.TRANSFER: ["pay", "pay_at_once"],
    model.SUCCESS: [],
    model.CLOSED: [],
}
UNSHIPPED = ["void_and_agree", "void", "agree", "cancel", "modify", "shipped_already"]
IN_DISPUTE = ["decide", "decide", "settle", "settle", "cancel", "send_back", "void"]
STEPS_OF_REQUESTS = sorted({name for names in (*SENSIBLE.values(), UNSHIPPED, IN_DISPUTE) for name in names})
NO_ARGUMENTS = ("cancel", "send_back", "ask_the_platform", "void", "void_and_agree", "refuse", "shipped_already")
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(NO_ARGUMENTS, st.just(())),
    "modify": st.tuples(WISHES),
    "agree": st.tuples(st.one_of(st.none(), AMOUNT)),
    "inspect": st.tuples(st.booleans()),
    "decide": st.tuples(st.sampled_from(["buyer", "seller", "partial"]), st.integers(0, 4000)),
    "settle": st.tuples(AMOUNT),
    "pay": st.tuples(st.sampled_from(["send", "fail", "confirm"])),
    "pay_at_once": st.just(()),
    "buy_again": st.tuples(ORDERS, st.integers(0, 800)),
    "apply": st.tuples(WISHES),
    "apply_sensibly": st.tuples(WAYS, st.booleans(), PARTS, UNITS),
    "receive": st.tuples(st.booleans()),
    "ship": st.tuples(st.lists(st.integers(0, 2), max_size=2, unique=True)),
    "extend": st.tuples(st.integers(1, 10)),
    "time_goes_by": st.tuples(st.integers(1, 24 * 16)),
    "sweep": st.tuples(st.sampled_from([0, 1, 48, 72, 120, 168, 240, 360]), st.sampled_from([1, 2, 1000])),
}
STEPS_OF_ORDERS = ["apply", "ship", "receive", "extend", "sweep"]
