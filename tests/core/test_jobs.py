"""Jobs: batches that a dead worker neither loses nor does twice, stopped on demand, one's own alone, thrown away."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock, jobs
from aftersales.core.auth import Actor
from aftersales.core.jobs import Batch, Kind
from aftersales.core.models import Job, Role, Shop
from tests import factories
from tests.helpers import refused, statements
from tests.pages import sign_in, warm, words

pytestmark = pytest.mark.django_db

HEADER = ["Number"]


class Killed(BaseException):
    """A worker that dies."""


class Counting:
    """A job that writes the numbers up to its total, three a batch, and makes a shop of each; dies where it is told."""

    def __init__(self):
        self.die_at = self.fail_at = None

    def run(self, job):
        begin = job.cursor.get("at", 0)
        numbers = list(range(begin, min(begin + 3, job.params["n"])))
        for number in numbers:
            Shop.objects.create(code=f"job-{number}", name=str(number))
            if number == self.fail_at:
                raise RuntimeError("broken")
        if self.die_at in numbers:
            jobs._append(job, [["half written"]])
            raise Killed
        end = begin + 3 >= job.params["n"]
        return Batch(None if end else {"at": begin + 3}, ok=len(numbers), rows=[[number] for number in numbers])


@pytest.fixture
def counting(monkeypatch, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    kind = Counting()
    monkeypatch.setitem(jobs._kinds, "counting", Kind("counting", "Counting", kind.run, lambda job: HEADER))
    return kind


@pytest.fixture
def me():
    return factories.make_user(Role.AGENT)


def started(user, n=8, **params):
    return jobs.job_start(actor=Actor.for_user(user), kind="counting", params={"n": n, **params}, total=n)


def made():
    return Shop.objects.filter(code__startswith="job-").count()


def content(job):
    return jobs.file_of(job).read_text(encoding="utf-8-sig").split()


def test_a_job_runs_to_its_end_and_leaves_a_file(counting, me):
    job = started(me)
    jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.done, job.ok, job.total, job.percent, job.has_file) == ("done", 8, 8, 8, 100, True)
    assert content(job) == ["Number", *map(str, range(8))]
    assert not jobs._part(job).exists()
    assert jobs.run_next() is None


def test_a_killed_worker_is_followed_by_another_that_does_no_row_twice(counting, me):
    """Killed in the middle of the second batch, with half of it on disk."""
    job = started(me)
    counting.die_at = 4
    with pytest.raises(Killed):
        jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.done, made()) == ("running", 3, 3)
    assert jobs.run_next() is None, "it may live still"
    Job.objects.update(seen_at=clock.now() - jobs.SILENT - timedelta(seconds=1))
    counting.die_at = None
    jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.ok, made()) == ("done", 8, 8)
    assert content(job) == ["Number", *map(str, range(8))]


def test_a_worker_that_was_given_up_writes_nothing_more(counting, me):
    job = started(me)
    early = jobs._claim()
    Job.objects.update(seen_at=clock.now() - jobs.SILENT - timedelta(seconds=1))
    late = jobs._claim()
    assert not jobs._batch(early)
    assert made() == 0
    assert jobs._batch(late)
    jobs._ended(early, "done")
    job.refresh_from_db()
    assert (job.status, made()) == ("running", 3)


def test_a_long_job_is_put_back_and_goes_on(counting, me):
    job = started(me)
    jobs.run_next(seconds=-1)
    job.refresh_from_db()
    assert (job.status, job.done, job.percent) == ("queued", 3, 37)
    while jobs.run_next(seconds=-1):
        continue
    job.refresh_from_db()
    assert (job.status, job.ok, made()) == ("done", 8, 8)


def test_what_always_breaks_is_given_up_after_three_tries_with_nothing_half_done(counting, me):
    job = started(me)
    counting.fail_at = 4
    for _try in range(5):
        jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.done, made(), job.has_file) == ("failed", 3, 3, False)
    assert job.error


def test_a_job_is_stopped_between_two_batches(counting, me):
    job = started(me)
    jobs.run_next(seconds=-1)
    jobs.job_stop(job=job, actor=Actor.for_user(me))
    jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.done, made(), job.has_file) == ("stopped", 3, 3, False)
    waiting = started(me)
    jobs.job_stop(job=waiting, actor=Actor.for_user(me))
    waiting.refresh_from_db()
    assert waiting.status == "stopped"
    assert jobs.run_next() is None


def test_a_person_has_only_so_many_open_jobs(counting, me):
    for _number in range(jobs.MOST_OPEN):
        started(me)
    with refused(jobs.errors.Conflict):
        started(me)
    started(factories.make_user(Role.AGENT))


def test_a_job_and_its_file_are_its_owners_alone(counting, me, client):
    job = started(me)
    jobs.run_next()
    sign_in(client, Role.ADMIN)
    for page in ("", "file/"):
        assert client.get(f"/jobs/{job.job_id}/{page}").status_code == 404
    assert client.post(f"/jobs/{job.job_id}/stop/").status_code == 404
    assert str(job.job_id) not in client.get("/jobs/").content.decode()
    client.force_login(me)
    file = client.get(f"/jobs/{job.job_id}/file/")
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbfNumber")


def test_the_page_asks_again_only_while_a_job_runs(counting, me):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(me)
    job = started(me)
    jobs.run_next(seconds=-1)
    row = client.get(f"/jobs/{job.job_id}/").content.decode()
    assert 'hx-trigger="every 2s"' in row
    assert 'value="37"' in row
    assert "3 / 8" in row
    while jobs.run_next():
        continue
    row = client.get(f"/jobs/{job.job_id}/")
    assert "hx-trigger" not in row.content.decode()
    assert "Download" in words(row)


@pytest.mark.parametrize("many", [1, 20])
def test_the_list_of_jobs_costs_the_same_with_one_and_with_many(counting, me, client, many):
    Job.objects.bulk_create(
        Job(kind="counting", user=me, status="done", created_at=clock.now(), finished_at=clock.now())
        for _number in range(many)
    )
    client.force_login(me)
    warm(client, "/jobs/")
    with statements() as made_now:
        assert len(client.get("/jobs/").context["rows"]) == many
    assert len(made_now) == 3


def test_old_jobs_go_with_their_files(counting, me):
    """LAW-7."""
    old, young = started(me), started(me, n=0)
    jobs.run_next(), jobs.run_next()
    Job.objects.filter(pk=old.pk).update(finished_at=clock.now() - timedelta(days=8))
    assert jobs.jobs_expire() == 1
    assert not jobs.file_of(old).exists()
    assert list(Job.objects.all()) == [young]
