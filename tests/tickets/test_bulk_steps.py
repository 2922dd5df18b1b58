"""One step on all that match: a snapshot, each request by itself, ok, skipped or failed with its reason."""

import csv

import pytest
from django.test import Client

from aftersales.core import jobs
from aftersales.core.auth import Actor
from aftersales.core.models import Job, Role
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.helpers import refused
from tests.pages import press, sign_in, words
from tickets import services
from tickets.selectors import queue
from tickets.services import bulk_steps

pytestmark = pytest.mark.django_db

ALL = queue.Wanted(tab="all", sort="newest")


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture(autouse=True)
def kept_here(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.AGENT, shop, language="en")


def started(user, action, wanted=ALL, **given):
    upto = Refund.objects.order_by("pk").last().pk
    return services.bulk_start(actor=Actor.for_user(user), wanted=wanted, action=action, upto=upto, **given)


def finished(job):
    while jobs.run_next():
        continue
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job


def lines(job):
    if not job.has_file:
        return []
    with jobs.file_of(job).open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def returned(shop):
    return factories.make_return(factories.make_order(shop, sign=True))


def test_agreeing_says_of_each_what_came_of_it(me, shop):
    """RFD-4; VOI-2 refuses what the warehouse has not voided; what changed since the snapshot is skipped."""
    good, moved = returned(shop), returned(shop)
    unvoided = factories.make_refund(factories.make_order(shop))
    foreign = factories.make_return()
    job = started(me, "agree")
    refunds.refund_agree(refund=moved, actor=factories.staff())
    job = finished(job)
    assert (job.total, job.ok, job.skipped, job.failed) == (3, 1, 1, 1)
    said = {number: (outcome, why) for number, outcome, why in lines(job)}
    assert said[moved.refund_no][0] == "skipped"
    assert said[unvoided.refund_no][0] == "failed"
    assert "VOI-2" in said[unvoided.refund_no][1]
    assert good.refund_no not in said
    states = {one.refund_no: one.status for one in Refund.objects.all()}
    assert states[good.refund_no] == "WAIT_BUYER_RETURN_GOODS"
    assert states[unvoided.refund_no] == states[foreign.refund_no] == "WAIT_SELLER_AGREE"


def test_what_comes_in_after_the_look_is_not_touched(me, shop):
    returned(shop)
    upto = Refund.objects.order_by("pk").last().pk
    late = returned(shop)
    job = services.bulk_start(actor=Actor.for_user(me), wanted=ALL, action="take", upto=upto)
    finished(job)
    late = Refund.objects.get(pk=late.pk)
    assert (job.total, late.assignee) == (1, None)


def test_a_killed_worker_agrees_to_none_twice(me, shop, monkeypatch):
    """The one that was at hand is undone with its batch, and done by the next worker."""
    for _number in range(3):
        returned(shop)
    job = started(me, "agree")
    real, calls = bulk_steps._step, []

    class Killed(BaseException):
        pass

    def dying(*args):
        real(*args)
        calls.append(args[1].refund_no)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr(bulk_steps, "_step", dying)
    with pytest.raises(Killed):
        jobs.run_next()
    Job.objects.update(seen_at=job.created_at - 2 * jobs.SILENT)
    job = finished(job)
    assert (job.ok, job.skipped, job.failed) == (3, 0, 0)
    assert sorted(set(calls)) == sorted(Refund.objects.values_list("refund_no", flat=True))
    assert set(Refund.objects.values_list("version", flat=True)) == {2}


def test_a_note_is_added_once_an_order(me, shop):
    """ORD-5."""
    first = returned(shop)
    job = finished(started(me, "note", text="双十一核查", flag="red"))
    assert (job.ok, lines(job)) == (1, [])
    [note] = OrderNote.objects.all()
    assert (note.order, note.text, note.flag, note.author_name) == (first.order, "双十一核查", "red", str(me))


def test_taking_leaves_what_a_colleague_has(me, shop):
    mine, theirs = returned(shop), returned(shop)
    colleague = factories.make_user(Role.AGENT, shop)
    services.refund_assign(refund=theirs, actor=Actor.for_user(colleague), assignee=colleague)
    job = finished(started(me, "take"))
    assert (job.ok, job.skipped) == (1, 1)
    assert lines(job) == [(theirs.refund_no, "skipped", "A colleague has this request already.")]
    mine = Refund.objects.get(pk=mine.pk)
    assert mine.assignee == me


def test_only_a_supervisor_hands_over_and_only_to_who_works_there(client, me, shop):
    refund = returned(shop)
    with refused(jobs.errors.Forbidden):
        started(me, "assign", owner=me)
    boss = sign_in(client, Role.SUPERVISOR, shop, language="en")
    stranger = factories.make_user(Role.AGENT, factories.make_shop())
    assert finished(started(boss, "assign", owner=stranger)).failed == 1
    assert finished(started(boss, "assign", owner=me)).ok == 1
    refund = Refund.objects.get(pk=refund.pk)
    assert refund.assignee == me


def test_more_than_the_cap_is_refused(client, me, shop, monkeypatch):
    monkeypatch.setattr(bulk_steps, "most_rows", lambda: 1)
    returned(shop), returned(shop)
    with refused(jobs.errors.Invalid):
        started(me, "take")
    assert client.get("/queue/bulk/?tab=all").context["confirm_disabled"]
    assert not Job.objects.exists()


def test_the_dialog_counts_before_it_starts(client, me, shop):
    returned(shop)
    agreed = returned(shop)
    refunds.refund_agree(refund=agreed, actor=factories.staff())
    dialog = client.get("/queue/bulk/?tab=all")
    assert (dialog.context["total"], dialog.context["agreeable"]) == (2, 1)
    assert "possible for 1 of them" in words(dialog)
    upto = dialog.context["last"]
    data = {"action": "take", "upto": upto, "form_token": "t", "text": "", "flag": ""}
    for wrong in ({"action": "note"}, {"action": "assign"}, {"upto": "x"}, {"flag": "pink"}):
        assert press(client, "/queue/bulk/?tab=all", data | wrong).status_code == 422
    for _twice in range(2):
        assert press(client, "/queue/bulk/?tab=all", data).status_code == 204
    [job] = Job.objects.all()
    assert (job.total, job.params["action"]) == (2, "take")
