"""Orders and requests against a simple model, in any order of steps and at any time (hypothesis).

After each step the rows must say what the model says: states, amounts, sums, deadlines. The profile of CI
(HYPOTHESIS_PROFILE=ci, or the variable CI) is derandomized; AFTERSALES_STATEFUL_EXAMPLES makes it longer.
"""

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from aftersales.core.models import Role
from tests import factories
from tests.stateful.choices import STEPS_OF_ORDERS, STEPS_OF_REQUESTS
from tests.stateful.shop import Shop

EXAMPLES = int(os.environ.get("AFTERSALES_STATEFUL_EXAMPLES", "60"))
STEPS = 40
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
PROFILE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="CI" in os.environ or os.environ.get("HYPOTHESIS_PROFILE") == "ci",
    database=None,
    suppress_health_check=QUIET,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    print_blob=True,
)


@pytest.fixture
def people(db, monkeypatch):
    """Somebody for every part."""
    shop = factories.make_shop()
    roles = (Role.AGENT, Role.WAREHOUSE, Role.SUPERVISOR, Role.FINANCE)
    everybody: dict[str, Any] = {str(role): factories.staff(role) for role in roles}
    everybody |= {"shop": shop, "buyer": factories.buyer(shop)}
    monkeypatch.setattr(factories, "buyer", lambda shop: everybody["buyer"])
    monkeypatch.setattr(Shop, "people", everybody, raising=False)
    monkeypatch.setattr(Shop, "done", Counter())
    monkeypatch.setattr(Shop, "refused", Counter())


def test_product_and_model_agree(people):
    """APP, AMT, RFD, DIS, TMO together; nearly every kind of step was both done and refused on the way."""
    run_state_machine_as_test(Shop, settings=PROFILE)
    assert sum(Shop.done.values()) >= EXAMPLES * STEPS / 6
    kinds = {*STEPS_OF_REQUESTS, *STEPS_OF_ORDERS, "by itself"} - {"void_and_agree", "pay_at_once", "sweep"}
    assert len(kinds & Shop.done.keys()) >= len(kinds) - 3, kinds - Shop.done.keys()
    assert len(kinds & Shop.refused.keys()) >= len(kinds) - 4, kinds - Shop.refused.keys()


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Do nothing at all."""


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("orders.services.receipt_go_on", _nothing),
        ("aftersales.core.deadlines.pause", _nothing),
        ("refunds.services.assessing.money.unit_shares", lambda share, units: [share // units] * units),
        ("refunds.services.payments._move_order", _nothing),
    ],
)
def test_broken_product_is_seen(people, monkeypatch, where, what):
    """Negative control: a part of the product does nothing, or forgets the remainder, and the model notices."""
    monkeypatch.setattr(where, what)
    short = settings(PROFILE, max_examples=100, derandomize=True, phases=[Phase.generate], print_blob=False)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Shop, settings=short)
