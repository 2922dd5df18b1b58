"""Robots of group chats: named by supervisors, told of a shop's news, paced, tried again, parked (TMO-17)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from aftersales.core import clock, errors, events
from aftersales.core.models import Role
from refunds import services as refunds
from tests import factories
from tests.helpers import refused
from tests.pages import press, sign_in, warm
from tests.tickets import robot_server
from tickets import gateways, services
from tickets.models import NewsDispatch, NewsKind, Robot
from tickets.services import dispatching

pytestmark = pytest.mark.django_db
REAL = {
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=abc",
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc",
}


@pytest.fixture
def groups(settings):
    with robot_server.running() as robots:
        settings.AFTERSALES = settings.AFTERSALES | {"robots_test_host": robots.address}
        yield robots


def make_robot(url, shop=None, **fields):
    """A robot that is told everything, unless said otherwise."""
    shop = shop or factories.make_shop()
    provider = "dingtalk" if "access_token" in url else "wecom"
    given = {
        "name": "售后一组",
        "provider": provider,
        "secret": robot_server.SECRET if provider == "dingtalk" else "",
        "kinds": list(NewsKind.values),
    }
    return services.robot_create(shop=shop, actor=factories.staff(Role.SUPERVISOR, shop), url=url, **(given | fields))


def buyer_writes(shop, text="我是张三，电话 13800001111"):
    """The buyer writes a message, and whoever listens is told."""
    refund = factories.make_refund(factories.make_order(shop))
    refunds.message_write(refund=refund, actor=factories.buyer(shop), text=text)
    while events.deliver():
        continue
    return refund


def states(robot):
    return list(NewsDispatch.objects.filter(robot=robot).order_by("pk").values_list("status", "attempts"))


@pytest.mark.parametrize("provider", ["dingtalk", "wecom"])
def test_a_group_is_told_and_no_buyer_named(groups, provider):
    """The server checks the signature; the words are number, state and a link."""
    robot = make_robot(getattr(groups, provider))
    refund = buyer_writes(robot.shop)
    assert dispatching.send_due() == 1
    [text] = groups.texts
    assert refund.refund_no in text
    assert f"/requests/{refund.refund_no}/" in text
    assert "张三" not in text
    assert refund.order.buyer.nick not in text
    assert states(robot) == [("sent", 1)]
    assert dispatching.send_due() == 0


def test_a_wrong_secret_is_no_success_though_the_answer_is_200(groups):
    robot = make_robot(groups.dingtalk, secret="SECwrong")
    buyer_writes(robot.shop)
    dispatching.send_due()
    assert states(robot) == [("pending", 1)]
    assert "310000" in NewsDispatch.objects.get().error
    assert groups.texts == []


def test_the_signature_is_that_of_the_documentation():
    """HMAC-SHA256 over milliseconds, line feed and secret, with the secret as key; base64, quoted for an address."""
    assert gateways.signature("SECabc", 1700000000000) == "jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D"


def test_hearing_the_same_news_twice_queues_one_message(groups):
    robot = make_robot(groups.wecom)
    refund = buyer_writes(robot.shop)
    [row] = NewsDispatch.objects.all()
    event = events.OutboxEvent.objects.get(pk=row.key)
    services.robots_tell(event=event)
    assert NewsDispatch.objects.count() == 1
    assert refund.refund_no in row.body


def test_only_the_kinds_and_the_shop_that_were_chosen(groups):
    robot = make_robot(groups.wecom, kinds=[NewsKind.DEADLINE])
    elsewhere = make_robot(groups.wecom)
    off = make_robot(groups.wecom, robot.shop)
    services.robot_switch(robot=off, actor=factories.staff(Role.SUPERVISOR, robot.shop), active=False)
    buyer_writes(robot.shop)
    assert (states(robot), states(elsewhere), states(off)) == ([], [], [])


def test_it_is_tried_again_with_pauses_and_parked_in_the_end(groups, client):
    robot = make_robot(groups.wecom)
    buyer_writes(robot.shop)
    groups.answers = [(500, b"")] * (len(dispatching.PAUSES) + 1)
    at = clock.now()
    with time_machine.travel(at, tick=False) as traveller:
        for pause in (*dispatching.PAUSES, timedelta(0)):
            assert dispatching.send_due() == 1
            assert dispatching.send_due() == 0
            at += pause
            traveller.move_to(at)
    assert states(robot) == [("parked", 6)]
    sign_in(client, Role.SUPERVISOR, robot.shop)
    assert "HTTP 500" in client.get("/robots/").content.decode()
    again = f"/robots/messages/{NewsDispatch.objects.get().pk}/again/"
    assert client.post(again).status_code == 302
    dispatching.send_due()
    assert states(robot) == [("sent", 1)]
    assert client.post(again).status_code == 409


@pytest.mark.parametrize("answer", [b"", b"[]", b"null", b'{"errcode":"0"}', b'{"errcode":false}', b"\xff"])
def test_an_answer_without_errcode_zero_is_no_success(groups, answer):
    robot = make_robot(groups.wecom)
    buyer_writes(robot.shop)
    groups.answers = [(200, answer)]
    dispatching.send_due()
    assert states(robot) == [("pending", 1)]


def test_twenty_messages_a_minute_and_the_rest_in_the_next(groups):
    robot = make_robot(groups.wecom)
    actor = factories.staff(Role.SUPERVISOR, robot.shop)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for number in range(23):
            traveller.shift(timedelta(milliseconds=1))
            services.robot_test(robot=robot, actor=actor, text=f"第 {number} 条")
        assert dispatching.send_due(limit=50) == 20
        traveller.shift(timedelta(seconds=59))
        assert dispatching.send_due(limit=50) == 0
        traveller.shift(timedelta(seconds=2))
        assert dispatching.send_due(limit=50) == 3
    assert groups.texts == [f"第 {number} 条" for number in range(23)]


def test_a_provider_that_says_too_fast_is_left_alone_for_a_minute(groups):
    robot = make_robot(groups.dingtalk)
    buyer_writes(robot.shop)
    groups.answers = [(200, b'{"errcode":130101,"errmsg":"send too fast"}')]
    with time_machine.travel(clock.now(), tick=False) as traveller:
        dispatching.send_due()
        assert states(robot) == [("pending", 0)]
        traveller.shift(timedelta(seconds=59))
        assert dispatching.send_due() == 0
        traveller.shift(timedelta(seconds=1))
        assert dispatching.send_due() == 1
    assert states(robot) == [("sent", 1)]


def test_a_message_of_a_worker_that_died_is_sent_when_its_lease_is_over(groups):
    robot = make_robot(groups.wecom)
    buyer_writes(robot.shop)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert dispatching._claimed() is not None
        assert dispatching.send_due() == 0
        traveller.shift(dispatching.LEASE)
        assert dispatching.send_due() == 1
    assert states(robot) == [("sent", 2)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_while_a_transaction_is_open(groups):
    class Looking:
        open_then: bool

        def say(self, **message):
            self.open_then = connection.in_atomic_block
            return gateways.Answer(sent=True)

    robot, looking = make_robot(groups.wecom), Looking()
    buyer_writes(robot.shop)
    assert dispatching.send_due(gateway=looking) == 1
    assert looking.open_then is False


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "http://oapi.dingtalk.com/robot/send?access_token=abc",
        "https://oapi.dingtalk.com/robot/send",
        "https://oapi.dingtalk.com/robot/send?access_token=",
        "https://oapi.dingtalk.com/robot/send?access_token=a&access_token=b",
        "https://oapi.dingtalk.com/robot/send?access_token=abc&x=1",
        "https://oapi.dingtalk.com/robot/send?access_token=a b",
        "https://oapi.dingtalk.com/robot/send?access_token=abc#x",
        "https://oapi.dingtalk.com:8443/robot/send?access_token=abc",
        "https://me@oapi.dingtalk.com/robot/send?access_token=abc",
        "https://oapi.dingtalk.com.evil.example/robot/send?access_token=abc",
        "https://oapi.dingtalk.com/other?access_token=abc",
        "https://127.0.0.1/robot/send?access_token=abc",
        "http://127.0.0.1:6379/robot/send?access_token=abc",
        "https://[::1/robot/send?access_token=abc",
        REAL["wecom"],
    ],
)
def test_nothing_but_the_providers_own_address_is_taken(url):
    with refused(errors.Invalid):
        make_robot(url, provider="dingtalk")
    assert not Robot.objects.exists()


@pytest.mark.parametrize("provider", ["dingtalk", "wecom"])
def test_the_providers_own_addresses_are_taken_and_kept_unreadable(provider):
    robot = make_robot(REAL[provider])
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM tickets_robot WHERE id = %s", [robot.pk])
        url, secret = cursor.fetchone()
    assert "dingtalk" not in url
    assert "weixin" not in url
    assert robot_server.SECRET not in secret


def test_a_row_that_was_changed_behind_our_back_is_still_not_followed(groups, settings):
    robot = make_robot(groups.wecom)
    settings.AFTERSALES = settings.AFTERSALES | {"robots_test_host": ""}
    buyer_writes(robot.shop)
    dispatching.send_due()
    assert groups.texts == []
    assert "refused" in NewsDispatch.objects.get().error


def test_address_and_secret_never_come_back(client):
    """Neither on the page nor in the dialog that refuses them."""
    shop = factories.make_shop()
    sign_in(client, Role.SUPERVISOR, shop)
    typed = {
        "form_token": "t-1",
        "shop": shop.pk,
        "name": "售后一组",
        "provider": "dingtalk",
        "url": "https://oapi.dingtalk.com/robot/send?access_token=abcdef123456",
        "secret": "SECsecret",
        "kinds": ["deadline"],
    }
    shown = press(client, "/robots/new/", typed | {"url": "https://evil.example/abcdef"}, at="/robots/")
    assert shown.status_code == 422
    assert "abcdef" not in shown.content.decode()
    assert "SECsecret" not in shown.content.decode()
    for token in ("t-2", "t-2"):
        assert press(client, "/robots/new/", typed | {"form_token": token}, at="/robots/").status_code == 204
    assert Robot.objects.count() == 1
    page = client.get("/robots/").content.decode()
    assert "…3456" in page
    assert "abcdef123" not in page
    assert "SECsecret" not in page


def test_foreign_robots_are_not_there(client):
    robot = make_robot(REAL["wecom"])
    row = services.robot_test(robot=robot, actor=factories.staff(Role.SUPERVISOR, robot.shop), text="x")
    sign_in(client, Role.SUPERVISOR, factories.make_shop())
    assert robot.hint not in client.get("/robots/").content.decode()
    for step in ("switch", "test", "delete"):
        assert client.post(f"/robots/{robot.pk}/{step}/").status_code == 404
    assert client.post(f"/robots/messages/{row.pk}/again/").status_code == 404
    assert Robot.objects.get(pk=robot.pk).is_active


def test_one_is_switched_off_before_it_is_deleted(client):
    robot = make_robot(REAL["wecom"])
    sign_in(client, Role.SUPERVISOR, robot.shop)
    assert client.post(f"/robots/{robot.pk}/delete/").status_code == 409
    client.post(f"/robots/{robot.pk}/switch/", {"active": "0"})
    client.post(f"/robots/{robot.pk}/delete/")
    assert not Robot.objects.exists()


@pytest.mark.parametrize("many", [1, 50])
def test_the_page_costs_the_same_number_of_statements(client, many, django_assert_num_queries):
    """Session, user, robots, messages."""
    robot = make_robot(REAL["wecom"])
    actor = factories.staff(Role.SUPERVISOR, robot.shop)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _number in range(many):
            traveller.shift(timedelta(milliseconds=1))
            services.robot_test(robot=robot, actor=actor, text="x")
    sign_in(client, Role.SUPERVISOR, robot.shop)
    warm(client, "/robots/")
    with django_assert_num_queries(4):
        assert client.get("/robots/").content.decode().count("<tr data-row") == many + 1


def test_old_messages_are_thrown_away(groups):
    robot = make_robot(groups.wecom)
    buyer_writes(robot.shop)
    dispatching.send_due()
    assert dispatching.dispatches_expire() == 0
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert dispatching.dispatches_expire() == 1
