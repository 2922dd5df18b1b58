"""Very many payouts approved by a job: each by itself, as it was looked at, none twice (PAY-3, PAY-5)."""

import csv

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core import errors, jobs, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Job, LogEntry, Role
from refunds import services
from refunds.models import Payout
from refunds.services.payouts import many
from tests import factories
from tests.helpers import refused
from tests.pages import press, sign_in, words

pytestmark = pytest.mark.django_db
WAITING = "/payouts/approve/waiting/"


@pytest.fixture(autouse=True)
def kept_here(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.FINANCE, shop, language="en")


def waiting(shop, **fields):
    payout = factories.make_payout(factories.make_order(shop, sign=True), **fields)
    return services.payout_submit(payout=payout, actor=factories.staff())


def started(user, *payouts):
    seen = [(one.payout_no, one.version) for one in payouts]
    return services.payouts_approve_start(payouts=seen, actor=Actor.for_user(user))


def finished(job):
    while jobs.run_next():
        continue
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job


def lines(job):
    with jobs.file_of(job).open(encoding="utf-8-sig", newline="") as file:
        return {row[0]: tuple(row[1:]) for row in list(csv.reader(file))[1:]}


def approvals():
    rows = LogEntry.objects.filter(subject_type="payout", action="approve").values_list("subject_id", flat=True)
    return sorted(rows)


def test_each_has_an_outcome_and_a_reason(me, shop):
    """PAY-3, PAY-5: the same service, with four eyes and limits; what was edited since is left alone."""
    good, edited, own = waiting(shop), waiting(shop), waiting(shop, opened_by=Actor.for_user(me))
    foreign = waiting(factories.make_shop())
    job = started(me, good, edited, own, foreign)
    services.payout_edit(payout=edited, actor=factories.staff(), amount_fen=900)
    job = finished(job)
    assert (job.total, job.done, job.ok, job.skipped, job.failed) == (4, 4, 1, 2, 1)
    said = lines(job)
    assert said[good.payout_no] == ("approved", "")
    assert [said[one.payout_no][0] for one in (edited, own, foreign)] == ["skipped", "failed", "skipped"]
    assert "PAY-5" in said[own.payout_no][1]
    assert approvals() == [good.pk]


def test_the_limit_of_a_day_holds_within_a_job(me, shop):
    """PAY-3."""
    payouts = [waiting(shop) for _number in range(3)]
    policies.set(key="payout.approver_day_limit", value=2500, actor=factories.staff(Role.SUPERVISOR))
    job = finished(started(me, *payouts))
    assert (job.ok, job.failed) == (2, 1)
    assert "PAY-3" in lines(job)[payouts[-1].payout_no][1]


def test_a_killed_worker_approves_none_twice_and_forgets_none(me, shop, monkeypatch):
    """PAY-5, PAY-9: the one at hand is undone with its batch, and done by the next worker."""
    payouts = [waiting(shop) for _number in range(4)]
    job = started(me, *payouts)
    real, calls = many.payout_approve, []

    class Killed(BaseException):
        pass

    def dying(**given):
        real(**given)
        calls.append(given["payout"].pk)
        if len(calls) == 3:
            raise Killed

    monkeypatch.setattr(many, "payout_approve", dying)
    with pytest.raises(Killed):
        jobs.run_next()
    assert Job.objects.get(pk=job.pk).done == 2
    Job.objects.update(seen_at=job.created_at - 2 * jobs.SILENT)
    job = finished(job)
    assert (job.ok, job.skipped, job.failed, len(lines(job))) == (4, 0, 0, 4)
    assert approvals() == sorted(one.pk for one in payouts)


def test_all_that_wait_are_approved_from_the_console(client, me, shop):
    """PAY-5: those of others, within the limit, that were there when it was looked at."""
    first, second = waiting(shop), waiting(shop)
    own = waiting(shop, opened_by=Actor.for_user(me))
    boss = waiting(shop)
    Payout.objects.filter(pk=boss.pk).update(needs_supervisor=True)
    assert 'data-action="approve-waiting"' in client.get("/payouts/").content.decode()
    shown = words(client.get(WAITING))
    assert "2 payouts that you may approve, ¥24.00" in shown
    assert "2 more wait for somebody else" in shown
    late = waiting(shop)
    answer = press(client, WAITING, {"upto": str(boss.pk), "form_token": "one"}, at="/payouts/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, reverse("core:jobs"))
    job = finished(Job.objects.get())
    assert (job.ok, job.total) == (2, 2)
    assert approvals() == [first.pk, second.pk]
    assert {Payout.objects.get(pk=one.pk).status for one in (own, boss, late)} == {"pending_approval"}
    assert "Approval of payouts" in words(client.get("/jobs/"))


def test_many_picks_are_a_job_as_well(client, me, shop, monkeypatch):
    monkeypatch.setattr("refunds.views.payout_approvals.AT_ONCE", 1)
    payouts = [waiting(shop), waiting(shop)]
    picks = [f"{one.payout_no}@{one.version}" for one in payouts]
    answer = press(client, reverse("refunds:payouts_approve"), {"pick": picks, "form_token": "x"}, at="/payouts/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, reverse("core:jobs"))
    assert finished(Job.objects.get()).ok == 2


def test_who_may_not_approve_starts_nothing(shop):
    payout = waiting(shop)
    with refused(errors.Forbidden):
        services.payouts_approve_start(payouts=[(payout.payout_no, 1)], actor=factories.staff())
    with refused(errors.Invalid):
        services.payouts_approve_start(payouts=[], actor=factories.staff(Role.FINANCE))
    assert not Job.objects.exists()
