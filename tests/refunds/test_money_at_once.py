"""Sixty-four at once, on every route that makes or moves money: the effect of one (api.md, PAY-9)."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from aftersales.core import idempotency
from aftersales.core.models import LogEntry, OutboxEvent, Role
from refunds.models import (
    Payout,
)
from tests import factories
from tests.helpers import written
from tests.refunds.money_cases import CASES, address, caller_of, pending
from tests.rest import Caller, staff_caller

MANY = 64


def at_once(callers: list[Caller], path: str, key: str, body: dict[str, Any] | None = None) -> list[Any]:
    barrier = threading.Barrier(len(callers))

    def send(caller: Caller) -> Any:
        client = APIClient(**caller.client.defaults)
        try:
            barrier.wait(20)
            return client.post(f"/api/v1{path}", body or {}, format="json", HTTP_IDEMPOTENCY_KEY=key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(callers)) as threads:
        return list(threads.map(send, callers))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", CASES)
def test_many_at_once_have_the_effect_of_one_on_every_route(route, settings):
    """PAY-9, RFD-3: rows, log and news are as many as after one call; the others get its answer or are told to wait."""
    settings.AFTERSALES = settings.AFTERSALES | {"offline_auto_confirm_seconds": 3600}
    case, shop = CASES[route], factories.make_shop()
    alone, together = case.ready(shop), case.ready(shop)
    caller, before = caller_of(case, shop), written()
    assert caller.post(address(route, alone), case.sent(alone), key="alone").status_code in (200, 201)
    once = grown(before)
    before = written()
    came = at_once([caller] * MANY, address(route, together), "together", case.sent(together))
    fresh = [one for one in came if one.status_code in (200, 201) and "Idempotency-Replayed" not in one]
    assert len(fresh) == 1, Counter(one.status_code for one in came)
    for one in came:
        assert one.content == fresh[0].content or one.json()["code"] == "idempotency_in_progress"
    assert grown(before) == once


def grown(before: dict[str, Any]) -> dict[str, int]:
    """How many rows of each kind came since."""
    return {name: len(rows) - len(before[name]) for name, rows in written().items()}


def approvals(payout: Payout) -> tuple[int, int, str]:
    steps = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk, action="approve").count()
    news = OutboxEvent.objects.filter(topic="payout.approved").count()
    return steps, news, Payout.objects.get(pk=payout.pk).status


@pytest.mark.django_db(transaction=True)
def test_the_same_approval_many_times_at_once_is_one():
    """PAY-5, PAY-9: one does it, the others get its answer or are told that it is being done."""
    payout, finance = pending(factories.make_shop()), staff_caller(Role.FINANCE)
    path = f"/payouts/{payout.payout_no}/approve"
    came = at_once([finance] * MANY, path, "k")
    fresh = [one for one in came if one.status_code == 200 and "Idempotency-Replayed" not in one]
    others = [one for one in came if one not in fresh]
    assert len(fresh) == 1
    for one in others:
        assert one.content == fresh[0].content or one.json()["code"] == "idempotency_in_progress"
    assert approvals(payout) == (1, 1, "approved")
    assert finance.post(path, key="k").content == fresh[0].content


@pytest.mark.django_db(transaction=True)
def test_many_people_who_approve_the_same_at_once_are_one():
    """PAY-5: each with a key of the same name; whoever comes late is told how it stands.

    Without the lock of `payout_lock` it fails: only the log refuses the second row then, and that is a fault of ours.
    """
    payout = pending(factories.make_shop())
    came = at_once([staff_caller(Role.FINANCE) for _each in range(MANY)], f"/payouts/{payout.payout_no}/approve", "k")
    told = Counter(one.json().get("code", one.status_code) for one in came)
    assert told == {200: 1, "transition_not_allowed": MANY - 1}
    assert approvals(payout) == (1, 1, "approved")


@pytest.mark.django_db(transaction=True)
def test_without_the_record_the_many_are_seen_to_be_told_otherwise(monkeypatch):
    """Negative control: the step itself still happens once, but the other callers are told that they may not."""
    monkeypatch.setattr(idempotency, "_look", lambda owner, key, digest: None)
    monkeypatch.setattr(idempotency, "_keep", lambda owner, key, digest, answer: True)
    payout = pending(factories.make_shop())
    came = at_once([staff_caller(Role.FINANCE)] * MANY, f"/payouts/{payout.payout_no}/approve", "k")
    assert Counter(one.status_code for one in came) == {200: 1, 409: MANY - 1}
    assert approvals(payout) == (1, 1, "approved")
