"""News: in the transaction that made it true, told at least once, in order for each subject (quality.md I9)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from aftersales.core import clock, events, invariants
from aftersales.core.models import OutboxEvent
from tests import factories
from tests.checks import all_is_well

pytestmark = pytest.mark.django_db


@pytest.fixture
def traveller():
    """A clock that stands still until it is moved."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def heard(monkeypatch):
    """One listener of `test.*` that writes down what it hears; `heard.fails` is how often it fails first."""
    listener = Listener()
    monkeypatch.setattr(events, "_handlers", [events.Subscription("test.*", "listener", listener)])
    return listener


class Listener:
    """Hears, or fails."""

    def __init__(self) -> None:
        self.news: list[tuple[int, str]] = []
        self.fails = 0

    def __call__(self, event: OutboxEvent) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("away")
        self.news.append((event.subject_id, event.topic))


def tell(*topics: str, subject: int = 1) -> None:
    """Write news of one subject."""
    events.emit(*(events.News(f"test.{topic}", "test", subject, 1, {}) for topic in topics))


def deliver_all() -> int:
    """Deliver until nothing is due."""
    told = 0
    while done := events.deliver():
        told += done
    return told


def test_news_is_told_and_marked(heard, traveller):
    tell("a")
    event = OutboxEvent.objects.get()
    assert (event.next_try_at, event.delivered_at, event.attempts) == (clock.now(), None, 0)
    assert events.deliver() == 1
    event.refresh_from_db()
    assert (event.delivered_at, event.next_try_at, event.attempts, event.handled, event.error) == (
        clock.now(),
        None,
        1,
        ["listener"],
        "",
    )
    assert (events.deliver(), heard.news) == (0, [(1, "test.a")])


def test_news_nobody_listens_to_is_done_at_once(heard):
    events.emit(events.News("other.a", "test", 1, 1, {}))
    event = OutboxEvent.objects.get()
    assert event.delivered_at is not None
    assert (event.next_try_at, events.deliver(), heard.news) == (None, 0, [])


def test_order_is_kept_for_each_subject(heard):
    """A subject's second piece of news waits for its first, and other subjects for neither."""
    tell("a", "b", "c")
    tell("a", "b", subject=2)
    heard.fails = 1
    assert events.deliver() == 1  # the first of subject 1 failed
    assert heard.news == [(2, "test.a")]
    assert deliver_all() == 1
    assert heard.news == [(2, "test.a"), (2, "test.b")]
    OutboxEvent.objects.filter(next_try_at__isnull=False).update(next_try_at=clock.now())
    assert deliver_all() == 3
    assert [topic for subject, topic in heard.news if subject == 1] == ["test.a", "test.b", "test.c"]


def test_lost_order_is_seen(heard, monkeypatch):
    """Negative control: delivery that does not look for earlier news of the subject tells the second first."""
    tell("a", "b")
    heard.fails = 1
    real = OutboxEvent.objects.raw

    def careless(sql, params):
        return real(sql.replace("AND e.id = (", "AND e.id >= ("), params)

    monkeypatch.setattr(OutboxEvent.objects, "raw", careless)
    events.deliver()
    assert heard.news == [(1, "test.b")]


def test_failing_handler_is_tried_again_with_back_off(heard, traveller):
    """After 1 s, 5 s, 30 s, 2 min, 10 min, 1 h and then every 6 h; never given up (I9)."""
    tell("a")
    heard.fails = 9
    for seconds in (1, 5, 30, 120, 600, 3600, 21600, 21600, 21600):
        assert events.deliver() == 0
        event = OutboxEvent.objects.get()
        assert event.next_try_at - clock.now() == timedelta(seconds=seconds)
        assert event.error == "listener: OSError"
        traveller.shift(timedelta(seconds=seconds) - timedelta(milliseconds=1))
        assert (events.deliver(), OutboxEvent.objects.get().attempts) == (0, event.attempts)
        traveller.shift(timedelta(milliseconds=1))
    assert events.deliver() == 1
    assert OutboxEvent.objects.get().error == ""
    assert invariants.check("I9") == []


def test_handlers_that_are_done_are_not_asked_again(heard, monkeypatch, traveller):
    """One of two fails: the other heard it once, and is not told twice."""
    other = Listener()
    monkeypatch.setattr(events, "_handlers", [*events._handlers, events.Subscription("test.a", "other", other)])
    tell("a")
    heard.fails = 1
    assert events.deliver() == 0
    assert (heard.news, other.news) == ([], [(1, "test.a")])
    assert OutboxEvent.objects.get().handled == ["other"]
    traveller.shift(timedelta(seconds=1))
    assert events.deliver() == 1
    assert (heard.news, other.news) == ([(1, "test.a")], [(1, "test.a")])


def test_worker_that_dies_leaves_a_lease(heard, traveller):
    """At least once: claimed and not marked, the news is another worker's when the lease is over, not before."""
    tell("a")
    assert [event.topic for event in events._claim(10)] == ["test.a"]  # and the worker is gone
    traveller.shift(events.LEASE - timedelta(seconds=1))
    assert events.deliver() == 0
    traveller.shift(timedelta(seconds=1))
    assert events.deliver() == 1
    assert OutboxEvent.objects.get().attempts == 2


def test_worker_that_dies_between_telling_and_marking_tells_twice(heard, monkeypatch, traveller):
    """At least once means that handlers bear a repetition."""
    tell("a")
    with monkeypatch.context() as patch:
        patch.setattr(events, "_note", lambda event: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            events.deliver()
    traveller.shift(events.LEASE)
    assert events.deliver() == 1
    assert heard.news == [(1, "test.a")] * 2


def test_answer_after_the_lease_changes_nothing(heard, monkeypatch, traveller):
    """A slow worker's failure must not take back what another has delivered meanwhile."""
    tell("a", "b")

    def slow(event):
        traveller.shift(events.LEASE + timedelta(seconds=1))
        monkeypatch.setattr(events, "_handlers", [events.Subscription("test.*", "listener", heard)])
        assert deliver_all() == 2
        raise OSError("too late")

    monkeypatch.setattr(events, "_handlers", [events.Subscription("test.*", "slow", slow)])
    assert events.deliver() == 0
    first = OutboxEvent.objects.order_by("pk").first()
    assert first.delivered_at is not None
    assert (first.next_try_at, first.error, heard.news) == (None, "", [(1, "test.a"), (1, "test.b")])
    assert invariants.check("I9") == []


def test_lease_that_ends_while_others_wait_is_not_used(heard, monkeypatch, traveller):
    """What a slow worker has not come to before its lease ended is left to the others."""
    for subject in (1, 2, 3):
        tell("a", subject=subject)

    def slow(event):
        heard(event)
        traveller.shift(events.LEASE)

    monkeypatch.setattr(events, "_handlers", [events.Subscription("test.*", "slow", slow)])
    events.deliver()
    assert heard.news == [(1, "test.a")]


def test_news_of_what_was_undone_is_never_told(heard, django_capture_on_commit_callbacks, monkeypatch):
    """The row is in the transaction that makes it true; the nudge comes after the commit and only then."""
    nudges = []
    monkeypatch.setattr(events, "_nudges", [lambda: nudges.append(1)])
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            tell("undone")
            transaction.set_rollback(True)
        assert nudges == []
    assert (OutboxEvent.objects.count(), nudges) == (0, [])
    with django_capture_on_commit_callbacks(execute=True):
        tell("true")
        assert nudges == []
    assert nudges == [1]


def test_every_step_tells_its_news_once():
    """The edge's event, with what a listener needs to start from."""
    refund = factories.make_refund()
    event = OutboxEvent.objects.get(topic="refund.created", subject_id=refund.pk)
    assert event.payload == {"status": "WAIT_SELLER_AGREE", "from": "", "version": 1}
    assert (event.subject_type, event.shop_id) == ("refund", refund.shop_id)
    all_is_well()
