"""What weights and the look of a parcel say about goods that are missing from it (MIS-1, MIS-2)."""

import pytest

from logistics.selectors import missing
from logistics.selectors.missing import Ground, Weights
from logistics.states.missing import Intact, MissingCause, Settlement

YES, NO, UNKNOWN = Intact.YES, Intact.NO, Intact.UNKNOWN
W, T, N, U = (
    MissingCause.WAREHOUSE_MISSED,
    MissingCause.THEFT,
    MissingCause.NOT_SHORT,
    MissingCause.UNCLEAR,
)


@pytest.mark.parametrize(
    ("expected", "packed", "carrier", "lacking", "intact", "ground", "cause"),
    [
        # too light when it left
        (640, 340, None, 320, UNKNOWN, Ground.LIGHT_AT_DISPATCH, W),
        (640, 340, 340, 320, NO, Ground.LIGHT_AT_DISPATCH, W),
        (640, 607, 607, 320, YES, Ground.LIGHT_AT_DISPATCH, W),
        # just within five percent
        (640, 608, 608, 320, YES, Ground.WEIGHTS_RIGHT, N),
        # right when it left, lighter later
        (640, 700, 380, 320, YES, Ground.LIGHTER_LATER, T),
        (640, 700, 380, 320, NO, Ground.LIGHTER_LATER, T),
        (None, 700, 380, None, UNKNOWN, Ground.LIGHTER_LATER, T),
        (640, 700, 665, 320, YES, Ground.WEIGHTS_RIGHT, N),
        (640, 700, 664, 320, YES, Ground.LIGHTER_LATER, T),
        # traces of opening
        (640, 700, 700, 320, NO, Ground.OPENED, T),
        (None, None, None, None, NO, Ground.OPENED, T),
        # nobody weighed it here
        (640, None, 340, 320, YES, Ground.SEALED_AND_LIGHT, W),
        (640, None, 340, 320, UNKNOWN, Ground.LIGHT_SOMEWHERE, U),
        (640, None, 700, 320, UNKNOWN, Ground.WEIGHTS_RIGHT, N),
        # a weight that proves nothing
        (6400, 6500, 6500, 320, YES, Ground.TOO_LITTLE_TO_TELL, U),
        (640, 700, 700, None, YES, Ground.TOO_LITTLE_TO_TELL, U),
        (640, 700, None, 320, UNKNOWN, Ground.NO_LATER_WEIGHT, U),
        (640, 700, None, 320, YES, Ground.WEIGHTS_RIGHT, N),
        (None, 700, 700, None, YES, Ground.NO_WEIGHTS, U),
        (640, None, None, 320, YES, Ground.NO_WEIGHTS, U),
    ],
)
def test_the_likely_cause_follows_from_weights_and_the_look_of_the_box(
    expected, packed, carrier, lacking, intact, ground, cause
):
    """MIS-2, with five percent of tolerance."""
    weights = Weights(expected, packed, carrier, lacking)
    found = missing.likely_cause(weights, intact=intact, tolerance_percent=5)
    assert (found, found.cause) == (ground, cause)


def test_the_tolerance_is_the_shop_s():
    """MIS-2: the same weights, by another policy."""
    weights = Weights(640, 600, 600, 320)
    causes = [missing.likely_cause(weights, intact=YES, tolerance_percent=percent).cause for percent in (5, 10)]
    assert causes == [W, N]


@pytest.mark.parametrize(
    ("cause", "value", "settlement"),
    [
        (W, 5000, Settlement.RESHIP),
        (W, 4999, Settlement.REFUND),
        (T, 10000, Settlement.RESHIP),
        (T, 1, Settlement.REFUND),
        (W, 0, Settlement.NEXT_TIME),
        (N, 10000, Settlement.LOOK_INTO),
        (U, 10000, Settlement.LOOK_INTO),
    ],
)
def test_large_goods_go_again_small_ones_are_refunded_and_what_is_not_clear_is_looked_into(cause, value, settlement):
    """MIS-2, ORD-5: large from 50 yuan on."""
    assert missing.recommended(cause, value, 5000) == settlement


def test_every_ground_has_its_words():
    assert {ground for ground in Ground if not str(missing.WHY[ground])} == set()
