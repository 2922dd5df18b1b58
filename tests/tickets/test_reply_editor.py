"""Ready words are kept: whose they are, what is refused, and who changed what (TKT-3)."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from aftersales.core import errors
from aftersales.core.auth import Actor
from tests import factories
from tickets.models import CannedReply, CannedReplyVersion
from tickets.selectors import replies
from tickets.selectors.replies import default
from tickets.services import reply_keeping as services
from tickets.services.reply_keeping import Place

pytestmark = pytest.mark.django_db
WORDS = {
    "category": "solution",
    "situation": "logistics",
    "shortcut": "zy",
    "title": "转邮政",
    "text": "{order_no} 已转",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def agent(shop):
    return factories.make_user("agent", shop)


@pytest.fixture
def boss(shop):
    return factories.make_user("supervisor", shop)


def written(user, *, own=True, shop=None, key="", **words):
    place = Place(own, "zh-hans", shop, key)
    return services.reply_write(actor=Actor.for_user(user), place=place, words=WORDS | words)


@pytest.mark.parametrize("text", ["{buyers} 您好", "{} 您好", "{ order_no }"])
def test_an_unknown_variable_is_refused_with_those_that_are_known(agent, text):
    """TKT-3."""
    with pytest.raises(errors.Invalid) as caught:
        written(agent, text=text)
    [fault] = caught.value.errors
    assert fault.field == "text"
    assert all(f"{{{name}}}" in str(fault.detail) for name in replies.VARIABLES)
    assert not CannedReply.objects.exists()


def test_a_closing_line_knows_only_what_every_reply_knows(boss, shop):
    """TKT-3: else replies would be sent without it."""
    with pytest.raises(errors.Invalid):
        written(boss, own=False, shop=shop, key=default.CLOSING, category="closing", text="{tracking_no} 再见")
    written(boss, own=False, shop=shop, key=default.CLOSING, category="closing", text="{shop}的{agent}祝您愉快")


def test_a_team_s_words_are_its_supervisors(agent, boss, shop):
    """TKT-3: an agent writes his own; a supervisor of one shop writes for it, not for all or another."""
    for user, place in ((agent, shop), (boss, None), (boss, factories.make_shop())):
        with pytest.raises(errors.Forbidden):
            written(user, own=False, shop=place)
    assert not CannedReply.objects.exists()
    reply = written(boss, own=False, shop=shop)
    with pytest.raises(errors.Forbidden):
        services.reply_change(reply=reply, actor=Actor.for_user(agent), version=1, words=WORDS)
    assert written(factories.make_user("supervisor"), own=False).shop is None


def test_one_s_own_words_are_nobody_else_s(client, agent, boss):
    """TKT-3: not even a supervisor finds them."""
    reply = written(agent)
    client.force_login(boss)
    for name in ("reply", "reply_edit", "reply_switch"):
        assert client.get(reverse(f"tickets:{name}", args=[reply.pk])).status_code == 404
    assert "转邮政" not in client.get(f"{reverse('tickets:replies')}?language=zh-hans").content.decode()
    with pytest.raises(errors.NotFound):
        services.reply_change(reply=reply, actor=Actor.for_user(boss), version=1, words=WORDS)


def test_every_change_leaves_a_version_that_stays(agent):
    """TKT-3: who changed what; a stale change is refused and leaves none."""
    reply, actor = written(agent), Actor.for_user(agent)
    services.reply_change(reply=reply, actor=actor, version=1, words=WORDS | {"text": "改过了"})
    with pytest.raises(errors.StaleVersion):
        services.reply_change(reply=reply, actor=actor, version=1, words=WORDS)
    kept = list(CannedReplyVersion.objects.order_by("number").values_list("number", "content__text", "created_by"))
    assert kept == [(1, "{order_no} 已转", agent.pk), (2, "改过了", agent.pk)]
    with pytest.raises(DatabaseError), transaction.atomic():
        CannedReplyVersion.objects.update(content={})


def test_the_program_s_words_are_replaced_once_for_a_shop(boss, shop):
    """TKT-3."""
    written(boss, own=False, shop=shop, key="general.apology")
    with pytest.raises(errors.Conflict):
        written(boss, own=False, shop=shop, key="general.apology")
    assert CannedReply.objects.count() == CannedReplyVersion.objects.count() == 1


def test_words_are_written_changed_and_switched_off_on_the_pages(client, agent, shop):
    """TKT-3: each dialog counts once, however often it is sent."""
    client.force_login(agent)
    new = reverse("tickets:reply_new")
    sent = WORDS | {"place": "own", "language": "zh-hans", "form_token": "a"}
    assert client.post(new, sent | {"text": "{nobody}"}, headers=HTMX).status_code == 422
    assert client.post(new, sent | {"place": shop.code}, headers=HTMX).status_code == 422
    for _twice in range(2):
        assert client.post(new, sent, headers=HTMX).status_code == 204
    reply = CannedReply.objects.get()
    edit, switch = (reverse(f"tickets:{name}", args=[reply.pk]) for name in ("reply_edit", "reply_switch"))
    changed = WORDS | {"text": "已经转给邮政", "version": 1, "form_token": "b"}
    assert client.post(edit, changed, headers=HTMX).status_code == 204
    assert client.post(switch, {"version": 1, "form_token": "c"}, headers=HTMX).status_code == 412
    assert client.post(switch, {"version": 2, "form_token": "d"}, headers=HTMX).status_code == 204
    reply.refresh_from_db()
    assert (reply.is_active, reply.version, reply.text) == (False, 3, "已经转给邮政")
    body = client.get(reverse("tickets:reply", args=[reply.pk])).content.decode()
    assert "{order_no} 已转" in body
    found = replies.replies_for(Actor.for_user(agent), shop_id=shop.pk, language="zh-hans")
    assert "转邮政" not in [one.title for one in found]


def test_a_supervisor_replaces_the_program_s_words_for_his_shop(client, boss, agent, shop):
    """TKT-3."""
    url = f"{reverse('tickets:reply_new')}?default=general.apology&language=en"
    client.force_login(agent)
    assert client.get(url).status_code == 403
    client.force_login(boss)
    assert "We are very sorry" in client.get(url).content.decode()
    sent = WORDS | {"place": shop.code, "language": "en", "category": "apology", "form_token": "x", "text": "Sorry!"}
    assert client.post(url, sent, headers=HTMX).status_code == 204
    assert CannedReply.objects.get().default_key == "general.apology"
    assert client.get(f"{reverse('tickets:reply_new')}?default=no.such").status_code == 404


def test_the_list_costs_the_same_with_one_row_and_with_fifty(client, agent, django_assert_num_queries):
    """TKT-3: and finds by name, words and shortcut."""
    client.force_login(agent)
    url = f"{reverse('tickets:replies')}?language=zh-hans"
    written(agent)
    client.get(url)
    with django_assert_num_queries(3):
        client.get(url)
    for number in range(49):
        written(agent, title=f"说法{number}")
    with django_assert_num_queries(3):
        body = client.get(url).content.decode()
    assert "说法48" in body
    body = client.get(f"{url}&q=说法7").content.decode()
    assert "说法7" in body
    assert "说法8" not in body
    assert client.get(f"{url}&q=%27%22{'x' * 300}").status_code == 200
