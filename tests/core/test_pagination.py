"""Pages by key (api.md: Lists; quality.md: page 10,000 costs what page 1 costs)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from aftersales.core.api import pagination
from aftersales.core.models import LogEntry, Shop, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]

LOG = "/api/v1/test/log"
START = datetime(2026, 11, 1, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def caller() -> APIClient:
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(User.objects.create_user("a"), backend="aftersales.core.auth.RoleBackend")
    return client


def entries(count: int, *, apart: timedelta = timedelta(0), first: int = 0) -> None:
    LogEntry.objects.bulk_create(
        LogEntry(
            subject_type="refund",
            subject_id=number,
            version=1,
            shop_id=1,
            at=START + number * apart,
            actor_kind="system",
            actor_name="x",
            action=f"a{number:03}",
            from_status="",
            to_status="",
        )
        for number in range(first, first + count)
    )


def names(*numbers: int) -> list[str]:
    return [f"a{number:03}" for number in numbers]


def test_following_next_gives_every_row_once_newest_first(caller: APIClient) -> None:
    entries(7)  # all at the same moment: the key decides
    url, pages = f"{LOG}?page_size=3", []
    while url:
        body = caller.get(url).json()
        pages.append(body["results"])
        url = body["next"]
    assert pages == [names(6, 5, 4), names(3, 2, 1), names(0)]


def test_previous_leads_back_to_the_same_pages(caller: APIClient) -> None:
    entries(7, apart=timedelta(microseconds=1))
    first = caller.get(f"{LOG}?page_size=3").json()
    second = caller.get(first["next"]).json()
    third = caller.get(second["next"]).json()
    assert (first["previous"], third["next"]) == (None, None)
    back = caller.get(third["previous"]).json()
    assert back["results"] == second["results"] == names(3, 2, 1)
    begin = caller.get(back["previous"]).json()
    assert (begin["results"], begin["previous"]) == (names(6, 5, 4), None)
    assert caller.get(begin["next"]).json()["results"] == names(3, 2, 1)


def test_moments_are_kept_to_the_microsecond(caller: APIClient) -> None:
    entries(4, apart=timedelta(microseconds=1))
    second = caller.get(caller.get(f"{LOG}?page_size=2").json()["next"]).json()
    assert second["results"] == names(1, 0)


def test_rows_that_arrive_in_between_shift_nothing(caller: APIClient) -> None:
    entries(4, apart=timedelta(seconds=1))
    first = caller.get(f"{LOG}?page_size=2").json()
    entries(3, apart=timedelta(seconds=1), first=10)
    assert caller.get(first["next"]).json()["results"] == names(1, 0)


def test_the_last_page_may_be_full(caller: APIClient) -> None:
    entries(4)
    second = caller.get(caller.get(f"{LOG}?page_size=2").json()["next"]).json()
    assert (second["results"], second["next"]) == (names(1, 0), None)


def test_an_empty_list_has_no_neighbours(caller: APIClient) -> None:
    assert caller.get(LOG).json() == {"next": None, "previous": None, "results": []}


def test_other_parameters_stay_in_the_links(caller: APIClient) -> None:
    entries(2)
    link = caller.get(f"{LOG}?page_size=1&status=%E9%80%80").json()["next"]
    query = parse_qs(urlsplit(link).query)
    assert (query["page_size"], query["status"], len(query["cursor"])) == (["1"], ["退"], 1)
    assert link.startswith(f"http://testserver{LOG}?")


def test_an_ascending_order_of_model_rows_works_too(caller: APIClient) -> None:
    Shop.objects.bulk_create(Shop(code=code, name=code) for code in ("c", "a", "b"))
    first = caller.get("/api/v1/test/shops?page_size=2").json()
    assert [row["code"] for row in first["results"]] == ["a", "b"]
    assert caller.get(first["next"]).json()["results"] == [{"code": "c"}]


# The statement --------------------------------------------------------------------------------------------------------


def test_the_condition_is_a_row_comparison_without_or_offset_or_count(caller: APIClient) -> None:
    entries(3)
    link = caller.get(f"{LOG}?page_size=1").json()["next"]
    with CaptureQueriesContext(connection) as seen:
        caller.get(link)
    statements = [q["sql"] for q in seen if "core_logentry" in q["sql"]]
    assert len(statements) == 1
    assert 'WHERE ("core_logentry"."at", "core_logentry"."id") < (' in statements[0]
    assert " OR " not in statements[0]
    assert "OFFSET" not in statements[0]
    assert statements[0].endswith("LIMIT 2")


@pytest.mark.parametrize("rows", [1, 60])
def test_a_page_costs_one_statement(caller: APIClient, rows: int) -> None:
    entries(rows)
    with CaptureQueriesContext(connection) as seen:
        answer = caller.get(LOG)
    assert len(answer.json()["results"]) == min(rows, 50)
    assert len(seen) == 3  # session, user, page


def test_postgresql_reads_only_the_page_from_the_index(caller: APIClient) -> None:
    entries(3_000, apart=timedelta(seconds=1))
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX test_at_id ON core_logentry (at, id)")
        cursor.execute("ANALYZE core_logentry")
        cursor.execute("SET LOCAL enable_seqscan = off")
    link = caller.get(f"{LOG}?page_size=20").json()["next"]
    with CaptureQueriesContext(connection) as seen:
        caller.get(link)
    statement = next(q["sql"] for q in seen if "core_logentry" in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (ROW(at, id) < ROW(" in plan


# Sizes and cursors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "given_"), [("", 50), ("1", 1), ("200", 200), ("201", 200), ("999999", 200)])
def test_sizes_are_fifty_unless_asked_and_two_hundred_at_most(caller: APIClient, asked: str, given_: int) -> None:
    entries(205)
    assert len(caller.get(f"{LOG}?page_size={asked}").json()["results"]) == given_


@pytest.mark.parametrize("asked", ["0", "-1", "1.5", "many", "٣", "9999999999", " 5"])
def test_a_size_that_is_none_is_refused(caller: APIClient, asked: str) -> None:
    answer = caller.get(LOG, {"page_size": asked})
    assert (answer.status_code, answer.json()["code"]) == (400, "page_size_invalid")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "a b", "====", "A" * 500, "' OR 1=1 --"])
def test_a_cursor_that_is_none_is_refused(caller: APIClient, cursor: str) -> None:
    answer = caller.get(LOG, {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def test_a_cursor_of_another_list_is_refused(caller: APIClient) -> None:
    entries(2)
    Shop.objects.create(code="a", name="a")
    cursor = parse_qs(urlsplit(caller.get(f"{LOG}?page_size=1").json()["next"]).query)["cursor"][0]
    assert caller.get("/api/v1/test/shops", {"cursor": cursor}).status_code == 400


def test_a_changed_cursor_is_refused(caller: APIClient) -> None:
    sealed = pagination.cursor_seal([0, "2026-11-01", 5], ("-at", "-id"))
    changed = ("B" if sealed[20] == "A" else "A").join((sealed[:20], sealed[21:]))
    assert caller.get(LOG, {"cursor": changed}).json()["code"] == "cursor_invalid"


def test_keys_do_not_leave_the_server_and_the_same_place_is_the_same_text() -> None:
    one, two = (pagination.cursor_seal([0, "2026-11-01", 123456789], ("-at", "-id")) for _ in range(2))
    assert one == two
    assert "123456789" not in one
    assert pagination.cursor_seal([0, "2026-11-01", 123456790], ("-at", "-id"))[:16] != one[:16]


def test_a_cursor_outlives_a_change_of_the_secret(settings: Any) -> None:
    sealed = pagination.cursor_seal([0, 5], ("-id",))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    assert pagination.cursor_open(sealed, ("-id",)) == [0, 5]
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(pagination.CursorInvalid):
        pagination.cursor_open(sealed, ("-id",))


@given(st.text(max_size=200))
def test_no_text_breaks_the_cursor(text: str) -> None:
    with pytest.raises(pagination.CursorInvalid):
        pagination.cursor_open(text, ("-id",))
