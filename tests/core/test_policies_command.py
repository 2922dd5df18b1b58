"""The command that lists the policy settings."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from aftersales.core import policies
from aftersales.core.auth import Actor
from aftersales.core.models import Shop

NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen_and_fresh(db):
    policies.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    policies.forget()


@pytest.fixture
def shop():
    shop = Shop.objects.create(code="demo", name="Demo")
    policies.set(key="deadline.TMO-1", value=timedelta(hours=24), shop=shop, actor=Actor.system("test"))
    return shop


def listed(*args):
    out = StringIO()
    call_command("policies", *args, stdout=out)
    return out.getvalue()


def test_every_setting_is_listed_on_a_line_of_its_own():
    lines = listed().splitlines()[1:]
    assert [line.split()[0] for line in lines] == [known.key for known in policies.definitions()]


def test_what_differs_for_a_shop_is_shown_with_its_origin(shop):
    lines = listed("--shop", "demo", "--changed").splitlines()
    assert len(lines) == 2
    assert lines[1].split()[:2] == ["deadline.TMO-1", "TMO-1"]
    assert "shop 2026-11-20 14:02" in lines[1]
    assert len(listed("--changed").splitlines()) == 1


def test_programs_get_stored_values(shop):
    rows = json.loads(listed("deadline.TMO-1", "--shop", "demo", "--json"))
    assert {row["key"] for row in rows} >= {"deadline.TMO-1", "deadline.TMO-10.virtual"}
    first = rows[0]
    assert first["label"]
    del first["label"]
    assert first == {
        "key": "deadline.TMO-1",
        "kind": "duration",
        "rules": ["TMO-1"],
        "default": 172800,
        "minimum": 3600,
        "maximum": 7776000,
        "value": 86400,
        "origin": "shop",
        "since": "2026-11-20T06:02:00+00:00",
    }


@pytest.mark.parametrize(
    ("at", "origin"), [("2026-11-20T14:01", "default"), ("2026-11-20T14:02", "shop"), ("2026-11-20T06:02Z", "shop")]
)
def test_another_time_is_shanghai_s_unless_it_says_otherwise(shop, at, origin):
    rows = json.loads(listed("deadline.TMO-1", "--shop", "demo", "--json", "--at", at))
    assert rows[0]["origin"] == origin


@pytest.mark.parametrize("args", [["--shop", "nowhere"], ["--at", "soon"], ["--at", "2026-13-01T00:00"]])
def test_a_shop_or_time_that_does_not_exist_is_refused(args):
    with pytest.raises(CommandError):
        listed(*args)
