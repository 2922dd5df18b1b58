"""The first answer again, on every route that makes or moves money (api.md).

What a key does is shown in `tests.core.test_idempotency` on a route made for it; here it is shown of each real one.
"""

from typing import Any

import pytest

from aftersales.core import idempotency
from refunds.models import (
    Difference,
    InsuranceAnswer,
    LedgerEntry,
    PayeeDisclosure,
    Payout,
    RefundPayment,
)
from tests import factories
from tests.helpers import written
from tests.permission_table import ROUTES
from tests.refunds.money_cases import CASES, Case, address, caller_of
from tests.rest import problem


def effects() -> dict[str, Any]:
    """Everything that any of these routes can write."""
    beside = (LedgerEntry, PayeeDisclosure, InsuranceAnswer)
    asked = [list(model.objects.order_by("pk").values_list("ask_at", flat=True)) for model in (RefundPayment, Payout)]
    looked_into = list(Difference.objects.order_by("pk").values_list("resolution", flat=True))
    return (
        written()
        | {model.__name__: model.objects.count() for model in beside}
        | {"asked": asked, "looked into": looked_into}
    )


def keeps_the_first_answer(route: str, case: Case) -> None:
    """Ask as one caller, again, with another body, and as another caller about something of his own."""
    shop = factories.make_shop()
    mine, other = (case.ready(shop) for _each in range(2))
    caller, stranger = caller_of(case, shop), caller_of(case, shop)
    path, body = address(route, mine), case.sent(mine)
    before = effects()
    first = caller.post(path, body, key="k")
    assert first.status_code in (200, 201), first.content.decode()
    assert "Idempotency-Replayed" not in first
    after = effects()
    assert after != before, "the request has no effect, so its repetition shows nothing"

    again = caller.post(path, body, key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (again.get("Idempotency-Replayed"), again.get("ETag")) == ("true", first.get("ETag"))
    assert effects() == after

    problem(caller.post(path, body | {"version": 77}, key="k"), 422, "idempotency_key_reused")
    problem(caller.post(f"{path}?a=1", body, key="k"), 422, "idempotency_key_reused")
    assert effects() == after

    independent = stranger.post(address(route, other), case.sent(other), key="k")
    assert (independent.status_code, "Idempotency-Replayed" in independent) == (first.status_code, False)
    assert independent.content != first.content
    assert effects() != after
    assert caller.post(path, body, key="k").content == first.content


@pytest.fixture
def answers(settings):
    """The provider of this installation may be asked, and has not paid yet."""
    settings.AFTERSALES = settings.AFTERSALES | {"offline_auto_confirm_seconds": 3600}


def test_every_route_that_takes_a_step_with_money_is_here():
    """A route that is added has to be added here. Files are compared by their contents, in the test of the core."""
    under = ("api/v1/differences", "api/v1/payouts", "api/v1/payments", "api/v1/refunds")
    known = {route.removeprefix("api/v1/") for route, methods in ROUTES.items() if "POST" in methods}
    assert {route for route in known if f"api/v1/{route}".startswith(under)} == set(CASES)


@pytest.mark.django_db
@pytest.mark.parametrize("route", CASES)
def test_a_repetition_is_answered_as_the_first_time_and_does_nothing(route, answers):
    """PAY-9, RFD-3: the same bytes, another body is refused, another caller's key is another key."""
    keeps_the_first_answer(route, CASES[route])


@pytest.mark.django_db
@pytest.mark.parametrize("route", CASES)
def test_without_the_record_each_is_seen_to_fail(route, answers, monkeypatch):
    """Negative control: where nothing is kept, no route passes."""
    monkeypatch.setattr(idempotency, "_look", lambda owner, key, digest: None)
    monkeypatch.setattr(idempotency, "_keep", lambda owner, key, digest, answer: True)
    with pytest.raises(AssertionError):
        keeps_the_first_answer(route, CASES[route])


@pytest.mark.django_db
@pytest.mark.parametrize("route", ["payouts", "payouts/<number:payout_no>/approve"])
def test_a_key_that_counts_for_everybody_is_seen_to_fail(route, answers, monkeypatch):
    """Negative control: the key of another caller must not be taken for one's own."""
    real = idempotency.run_once
    monkeypatch.setattr("aftersales.core.api.base.run_once", lambda **given: real(**given | {"owner": "all"}))
    with pytest.raises(AssertionError):
        keeps_the_first_answer(route, CASES[route])
