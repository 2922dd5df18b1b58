"""A draft held against what was done: the cases as they were then, the counts by rule, the job, its page."""

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.pages import press, sign_in, words
from tests.refunds import standings
from tickets import services, tasks
from tickets.models import PlaybookTrial, PlaybookVersion
from tickets.selectors import playbook, playbook_history
from tickets.selectors.playbook import current
from tickets.selectors.playbook.default import RULES
from tickets.selectors.playbook.trying import Case, Trial, verdict
from tickets.selectors.request_advice import facts_of
from tickets.selectors.request_rows import request_get_for, request_rows
from tickets.services import playbook_trials

from .playbook_cases import case
from .request_pages import evidence

pytestmark = pytest.mark.django_db
START = "2026-11-01T10:00:00+08:00"


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, settings: Any):
    settings.PRIVATE_ROOT = tmp_path
    current.forget()
    with translation.override("en"):
        yield
    current.forget()


@pytest.fixture
def boss() -> Actor:
    return factories.staff(Role.SUPERVISOR)


def drafted(boss: Actor, **changes: str) -> PlaybookVersion:
    """A draft whose rules recommend what `changes` says, by rule."""
    rules = copy.deepcopy(RULES)
    for rule in rules:
        rule["action"] = changes.get(rule["id"].replace("-", "_"), rule["action"])
    draft = services.draft_start(actor=boss)
    return services.draft_save(draft=draft, actor=boss, rules=rules, version=1)


def history() -> list[Case]:
    now = clock.now()
    batches = list(playbook_history.decided_batches(now - timedelta(days=90), now + timedelta(seconds=1)))
    return [one for _looked_at, cases in batches for one in cases]


def seen_now(refund: Refund) -> playbook.Facts:
    fresh = request_get_for(factories.staff(), refund.refund_no)
    return facts_of(fresh, request_rows(fresh), at=clock.now())


# --- What was known then ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["seven", "damaged", "unshipped", "late", "again"])
def test_a_decided_case_is_known_as_the_page_knew_it_before_the_decision(kind: str):
    """The page's facts at the moment of the decision, and the history's afterwards, are the same."""
    with time_machine.travel(START, tick=False) as travel:
        shop = factories.make_shop()
        goods = factories.line(hot_seller=True, item_score="4.6")
        if kind == "seven":
            order = factories.make_order(shop, goods, sign=True, freight_insurance=True)
            travel.shift(timedelta(days=3))
            refund = factories.make_return(order)
        elif kind == "damaged":
            order = factories.make_order(
                shop, factories.line(), factories.line(line_no="2", category="cups"), sign=True
            )
            lines = (refunds.LineAsk("1", 1, 5000), refunds.LineAsk("2", 1))
            refund = factories.make_refund(order, goods_status="received", reason="damaged", lines=lines)
            evidence(refund, factories.buyer(shop))
        elif kind == "unshipped":
            refund = factories.make_refund(factories.make_order(shop))
            standings.void(refund)
        elif kind == "late":
            refund = factories.make_refund(factories.make_order(shop, ship=True), reason="lost_or_empty")
        else:
            standings.refuse(factories.make_return(factories.make_order(shop, sign=True, buyer_id="b-same")))
            refund = factories.make_return(factories.make_order(shop, sign=True, buyer_id="b-same"), reason="quality")
        travel.shift(timedelta(days=1, hours=2))
        before = seen_now(refund)
        refunds.refund_agree(refund=refund, actor=factories.staff())
        travel.shift(timedelta(days=2))
        refunds.message_write(refund=refund, actor=factories.staff(), text="later")
        found = next(one for one in history() if one.refund_no == refund.refund_no)
    assert found == Case(refund.refund_no, before, "agree", contacted=False)


def test_what_was_changed_after_the_refusal_is_not_what_was_decided_on():
    with time_machine.travel(START, tick=False) as travel:
        refund = factories.make_return(reason="quality")
        refunds.message_write(refund=refund, actor=factories.staff(), text="您好")
        travel.shift(timedelta(hours=1))
        standings.refuse(refund)
        travel.shift(timedelta(hours=1))
        refunds.refund_modify(refund=refund, actor=factories.buyer(refund.shop), changes={"reason": "seven_day"})
        travel.shift(timedelta(hours=1))
        refunds.refund_agree(refund=refund, actor=factories.staff())
        [found] = history()
    assert (found.facts.reason, found.did, found.contacted) == ("quality", "refuse", True)


def test_what_nobody_decided_is_no_case():
    waiting, withdrawn = factories.make_return(), factories.make_return()
    refunds.refund_cancel(refund=withdrawn, actor=factories.buyer(withdrawn.shop))
    assert history() == []
    assert Refund.objects.get(pk=waiting.pk).is_open


def test_batches_cost_two_statements_each_and_miss_nobody(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(playbook_history, "BATCH", 2)
    numbers = {standings.agree(factories.make_refund(factories.make_order(ship=True))).refund_no for _ in range(5)}
    with django_assert_num_queries(2 * 3 + 1):
        found = history()
    assert {one.refund_no for one in found} == numbers
    assert [one.refund_no for one in found] == sorted(numbers, reverse=True)


# --- Judging and counting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "did", "contacted", "said"),
    [
        ("agree", "agree", False, "same"),
        ("agree", "by_itself", False, "same"),
        ("agree", "refuse", True, "other"),
        ("refuse", "refuse", False, "same"),
        ("refuse", "agree", False, "other"),
        ("refuse", "by_itself", False, "other"),
        ("contact", "agree", True, "followed"),
        ("contact", "refuse", False, "skipped"),
        ("guide", "by_itself", False, "skipped"),
        ("trace", "agree", False, "open"),
        ("wait", "agree", True, "open"),
        ("escalate", "refuse", True, "open"),
    ],
)
def test_what_was_done_is_held_against_what_is_recommended(action, did, contacted, said):
    assert verdict(action, Case("RF1", case(), did, contacted)) == said


def test_cases_are_counted_by_the_rule_that_takes_them_with_the_first_examples():
    rules = copy.deepcopy(RULES)
    next(rule for rule in rules if rule["id"] == "return-seven-day")["action"] = "refuse"
    trial = Trial(playbook.read(rules), playbook.read(RULES))
    trial.add(Case(f"RF{n}", case(), "agree", contacted=False) for n in range(20))
    trial.add([Case("RFX", case(reason="quality"), "agree", contacted=True)])
    found = trial.stored()["rules"]
    assert set(found) == {"return-seven-day", "return-quality"}
    seven = found["return-seven-day"]
    assert (seven["cases"], seven["verdicts"], seven["did"], seven["moved"]) == (
        20,
        {"other": 20},
        {"agree": 20},
        {"agree": 20},
    )
    assert [number for number, _did in seven["differing"]] == [f"RF{n}" for n in range(12)]
    assert found["return-quality"]["moved"] == {}


# --- The job ----------------------------------------------------------------------------------------------------------


def test_a_trial_is_taken_by_a_worker_and_changes_nothing_but_its_row(boss):
    agreed = standings.agree(factories.make_return())
    factories.make_return()
    draft = drafted(boss, return_seven_day="refuse")
    trial = services.trial_start(draft=draft, actor=boss, months=3)
    assert (trial.status, trial.percent) == ("queued", 0)
    later = clock.now() + timedelta(seconds=1)
    PlaybookTrial.objects.update(until=later)
    tasks.playbook_trials_run()
    done = PlaybookTrial.objects.get()
    assert (done.status, done.done, done.total, done.percent) == ("done", 2, 2, 100)
    assert done.result["rules"]["return-seven-day"]["differing"] == [[agreed.refund_no, "agree"]]
    assert playbook.in_force().version is None
    tasks.playbook_trials_run()
    assert PlaybookTrial.objects.get() == done


def test_who_may_not_edit_does_not_try_and_what_is_wrong_is_not_tried(boss):
    draft = drafted(boss)
    for actor in (factories.staff(Role.AGENT), factories.staff(Role.SUPERVISOR, factories.make_shop())):
        with pytest.raises(errors.Forbidden):
            services.trial_start(draft=draft, actor=actor, months=3)
    for months in (0, 25):
        with pytest.raises(errors.Invalid):
            services.trial_start(draft=draft, actor=boss, months=months)
    broken = services.draft_save(draft=draft, actor=boss, rules=RULES[:-1], version=2)
    with pytest.raises(errors.Invalid) as caught:
        services.trial_start(draft=broken, actor=boss, months=3)
    assert [fault.code for fault in caught.value.errors] == ["no_end"]
    assert not PlaybookTrial.objects.exists()


def test_what_is_tried_is_the_draft_as_it_stands_now(boss):
    stale = drafted(boss)
    now = services.draft_save(draft=stale, actor=boss, rules=[*RULES[:4], RULES[-1]], version=2)
    assert services.trial_start(draft=stale, actor=boss, months=1).rules == now.rules
    other = drafted(boss)
    services.draft_publish(draft=other, actor=boss, version=2)
    with pytest.raises(errors.Conflict):
        services.trial_start(draft=other, actor=boss, months=1)


def test_one_trial_of_a_draft_at_a_time(boss):
    draft = drafted(boss)
    services.trial_start(draft=draft, actor=boss, months=1)
    with pytest.raises(errors.Conflict):
        services.trial_start(draft=draft, actor=boss, months=1)
    tasks.playbook_trials_run()
    services.trial_start(draft=draft, actor=boss, months=1)


def test_a_worker_that_died_is_followed_by_another_three_times(boss):
    with time_machine.travel(START, tick=False) as travel:
        services.trial_start(draft=drafted(boss), actor=boss, months=1)
        for _ in range(3):
            assert playbook_trials._claim() is not None
            assert playbook_trials._claim() is None
            travel.shift(timedelta(minutes=4))
        assert playbook_trials.trial_next() is None
        assert PlaybookTrial.objects.get().status == "failed"


def test_what_fails_ends_on_the_row(boss, monkeypatch):
    services.trial_start(draft=drafted(boss), actor=boss, months=1)

    def broken(*_args: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(playbook_trials, "decided_batches", broken)
    tasks.playbook_trials_run()
    trial = PlaybookTrial.objects.get()
    assert (trial.status, trial.result) == ("failed", {})
    assert trial.error


# --- Its page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_where_it_differs_with_links(client: Client, boss):
    agreed = standings.agree(factories.make_return())
    draft = drafted(boss, return_seven_day="refuse")
    sign_in(client, Role.SUPERVISOR)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = reverse("tickets:playbook_version", args=[draft.pk])
    assert "Not tried yet" in words(client.get(page))
    answer = press(
        client, reverse("tickets:playbook_try", args=[draft.pk]), {"months": "3", "form_token": "t"}, at=page
    )
    assert answer.status_code == 204
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    PlaybookTrial.objects.update(until=clock.now() + timedelta(seconds=1))
    tasks.playbook_trials_run()
    shown = client.get(reverse("tickets:playbook_trial", args=[draft.pk]))
    assert "1 decided requests. 1 were decided otherwise" in words(shown)
    assert f'href="/requests/{agreed.refund_no}/"' in shown.content.decode()
    assert "every 2s" not in shown.content.decode()
    assert "Tried on 1 decided requests" in words(client.get(reverse("tickets:playbook_publish", args=[draft.pk])))
    services.draft_save(draft=draft, actor=boss, rules=RULES, version=2)
    assert "The draft has changed since." in words(client.get(page))
    assert "It was not tried as it stands now." in words(
        client.get(reverse("tickets:playbook_publish", args=[draft.pk]))
    )


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_who_sees_some_shops_is_told_of_no_other_shops_requests(client: Client, boss, role: str):
    agreed = standings.agree(factories.make_return())
    draft = drafted(boss, return_seven_day="refuse")
    services.trial_start(draft=draft, actor=boss, months=3)
    PlaybookTrial.objects.update(until=clock.now() + timedelta(seconds=1))
    tasks.playbook_trials_run()
    sign_in(client, role, factories.make_shop())
    for name in ("playbook_version", "playbook_trial"):
        assert agreed.refund_no not in client.get(reverse(f"tickets:{name}", args=[draft.pk])).content.decode()
