"""Saved views of the queue and of tickets: kept, opened, shared with a team, and honest about what is gone."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from refunds import services as refunds
from tests import factories
from tests.helpers import refused, statements
from tests.pages import press, rows, sign_in, warm, words
from tickets import services
from tickets.models import SavedView
from tickets.selectors import queue as queue_selectors

pytestmark = pytest.mark.django_db

QUEUE = "/queue/"


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.AGENT, shop)


def kept(user, name="急件", listing="queue", team=None, **params):
    return services.view_save(actor=Actor.for_user(user), listing=listing, name=name, params=params, shop=team)


def test_a_view_is_saved_from_what_is_shown_and_opens_as_that(client, me, shop):
    quick = factories.make_refund(factories.make_order(shop))
    factories.make_return(factories.make_order(shop, sign=True))
    shown = f"{QUEUE}?tab=all&kind=refund_only&sort=oldest&after=x"
    dialog = client.get(client.get(shown).context["save_url"])
    token = dialog.context["form"].initial.get("form_token") or dialog.context["form"]["form_token"].value()
    url = client.get(shown).context["save_url"]
    answer = press(client, url, {"name": "未发货仅退款", "form_token": token}, at=shown)
    view = SavedView.objects.get()
    assert answer.headers["HX-Redirect"] == f"{QUEUE}?view={view.pk}"
    assert view.params == {"tab": ["all"], "kind": ["refund_only"], "sort": ["oldest"]}
    opened = client.get(f"{QUEUE}?view={view.pk}")
    assert rows(opened) == [quick.refund_no]
    active = [tab["label"] for tab in opened.context["tabs"] if tab["active"]]
    assert active == ["未发货仅退款"]
    assert not opened.context["view_changed"]


def test_paging_stays_in_the_view(client, me, shop, monkeypatch):
    numbers = [factories.make_refund(factories.make_order(shop)).refund_no for _number in range(5)]
    monkeypatch.setattr("aftersales.core.keyset.page.__kwdefaults__", {"size": 2})
    view = kept(me, tab=["all"], sort=["oldest"])
    seen, url = [], f"?view={view.pk}"
    while url:
        response = client.get(f"{QUEUE}{url}")
        assert response.context["view"] == view
        seen += rows(response)
        url = response.context["page"].next_url
    assert seen == numbers


def test_a_changed_view_says_so_and_is_overwritten_only_on_demand(client, me):
    view = kept(me, tab=["all"])
    shown = client.get(f"{QUEUE}?view={view.pk}&tab=all&reason=quality")
    assert shown.context["view_changed"]
    assert "(changed)" in words(shown)
    press(client, f"/views/{view.pk}/overwrite/{shown.context['view_query']}")
    view.refresh_from_db()
    assert view.params == {"tab": ["all"], "reason": ["quality"]}


def test_a_view_is_renamed_and_deleted_by_its_owner(client, me):
    view = kept(me, tab=["all"])
    kept(me, "另一个")
    assert press(client, f"/views/{view.pk}/rename/", {"name": "另一个"}).status_code == 422
    press(client, f"/views/{view.pk}/rename/", {"name": "改名后"})
    view.refresh_from_db()
    assert view.name == "改名后"
    gone = press(client, f"/views/{view.pk}/delete/")
    assert gone.headers["HX-Redirect"] == QUEUE
    assert [one.name for one in SavedView.objects.all()] == ["另一个"]


def test_a_view_that_is_gone_says_so_and_the_rest_is_shown(client, me, shop):
    refund = factories.make_refund(factories.make_order(shop))
    view = kept(me, tab=["all"])
    services.view_delete(view=view, actor=Actor.for_user(me))
    response = client.get(f"{QUEUE}?view={view.pk}&tab=seller")
    assert rows(response) == [refund.refund_no]
    assert "This view was deleted, or it is not yours" in words(response)


def test_a_view_whose_filter_is_gone_names_it_and_shows_the_rest(client, me, shop):
    refund = factories.make_refund(factories.make_order(shop))
    view = kept(me, tab=["ancient"], kind=["refund_only", "barter"], owner=["left"], shop=["closed-shop"])
    response = client.get(f"{QUEUE}?view={view.pk}")
    assert rows(response) == [refund.refund_no]
    said = words(response)
    for gone in ("Kind: barter", "Owner: left", "Shop: closed-shop", "Tab: ancient"):
        assert f"“{gone}” is not there any more" in said


def test_views_of_others_do_not_exist(client, me, shop):
    colleague = factories.make_user(Role.AGENT, shop)
    view = kept(colleague, "他的")
    assert "他的" not in words(client.get(QUEUE))
    for step in ("rename", "overwrite", "delete"):
        assert press(client, f"/views/{view.pk}/{step}/", {"name": "我的"}).status_code == 404
    assert "not yours" in words(client.get(f"{QUEUE}?view={view.pk}"))


def test_a_team_sees_its_view_and_only_its_supervisor_changes_it(client, me, shop):
    boss = factories.make_user(Role.SUPERVISOR, shop)
    view = kept(boss, "班组", team=shop, tab=["all"])
    assert "班组" in words(client.get(QUEUE))
    assert client.get(f"{QUEUE}?view={view.pk}").context["view"] == view
    assert press(client, f"/views/{view.pk}/delete/").status_code == 403
    with refused(services.saved_views.errors.Forbidden):
        kept(me, "自封", team=shop)
    foreign = factories.make_shop()
    with refused(services.saved_views.errors.NotFound):
        kept(boss, "别家", team=foreign)
    sign_in(client, Role.AGENT, foreign)
    assert "班组" not in words(client.get(QUEUE))
    client.force_login(boss)
    assert press(client, f"/views/{view.pk}/delete/").status_code == 204


def test_a_person_has_only_so_many_views(me, monkeypatch):
    monkeypatch.setattr(services.saved_views, "MOST", 2)
    kept(me, "一"), kept(me, "二")
    kept(me, "一", listing="tickets")
    with refused(services.saved_views.errors.Conflict):
        kept(me, "三")
    assert SavedView.objects.filter(listing="queue").count() == 2


def test_tickets_have_views_too(client, me, shop):
    order = factories.make_order(shop)
    low = factories.make_ticket(order, Actor.for_user(me), priority="low")
    factories.make_ticket(factories.make_order(shop), Actor.for_user(me), priority="urgent")
    view = kept(me, "不急", listing="tickets", tab=["todo"], priority=["low", "whenever"])
    response = client.get(f"/tickets/?view={view.pk}")
    assert rows(response) == [low.ticket_no]
    assert "Priority: whenever" in words(response)
    assert "不急" not in words(client.get(QUEUE))


def test_several_values_of_one_filter_mean_any_of_them(client, me, shop):
    refund = factories.make_refund(factories.make_order(shop))
    back = factories.make_return(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=back, actor=factories.staff())
    both = ["WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS"]
    assert set(rows(client.get(QUEUE, {"tab": "all", "status": both}))) == {refund.refund_no, back.refund_no}
    assert rows(client.get(QUEUE, {"tab": "all", "status": both[1:]})) == [back.refund_no]
    assert rows(client.get(QUEUE, {"tab": "seller", "status": both[1:]})) == []
    other = factories.make_shop()
    here = {"tab": "all", "shop": [shop.code, other.code]}
    assert len(rows(client.get(QUEUE, here))) == 2
    assert rows(client.get(QUEUE, here | {"shop": [other.code]})) == []
    assert client.get(QUEUE, {"shop": "\x00"}).status_code in (200, 400)


def test_columns_are_chosen_for_oneself_and_for_a_view(client, me, shop):
    refund = factories.make_refund(factories.make_order(shop))

    def order(url):
        page = client.get(url)
        assert rows(page) == [refund.refund_no]
        heads = re.findall(r'<th class="c-(\w+)', page.context["heads"])
        markup = page.context["rows"][0]
        places = [markup.index(f'<td class="c-{key}') for key in heads]
        assert places == sorted(places)
        assert markup.count("<td") == len(heads) + 1
        return heads

    assert order(QUEUE) == ["due", "no", "kind", "money", "goods", "buyer", "signs", "owner"]
    chosen = {"show_money": "on", "place_money": "1", "show_shop": "on", "place_shop": "2"}
    assert press(client, "/queue/columns/", chosen).status_code == 204
    assert order(QUEUE) == ["no", "money", "shop"]
    view = kept(me, tab=["all"])
    assert order(f"{QUEUE}?view={view.pk}") == ["no", "money", "shop"]
    press(client, f"/queue/columns/?view={view.pk}", {"show_state": "on", "show_due": "on", "place_due": "1"})
    assert order(f"{QUEUE}?view={view.pk}") == ["due", "no", "state"]
    assert order(QUEUE) == ["no", "money", "shop"]
    assert press(client, "/queue/columns/", {}).status_code == 422
    assert SavedView.objects.filter(name="").count() == 1


def test_other_columns_render_no_row_anew(me, shop):
    factories.make_refund(factories.make_order(shop))
    queue_selectors._row_cells.cache_clear()
    actor = Actor.for_user(me)
    for columns in (["due"], ["shop", "state"], queue_selectors.USUAL_COLUMNS):
        page = queue_selectors.queue_page(actor, queue_selectors.Wanted(), Client().get("/").wsgi_request.GET)
        queue_selectors.rendered(page, columns)
    assert queue_selectors._row_cells.cache_info().misses == 1


@pytest.mark.parametrize("many", [1, 50])
def test_views_come_with_what_stands_above_the_list_however_many_rows_and_views_there_are(client, me, shop, many):
    for number in range(many):
        factories.make_refund(factories.make_order(shop))
        if number < 20:
            kept(me, f"视图{number}", tab=["all"], kind=["refund_only", "return_refund"])
    url = f"{QUEUE}?view={SavedView.objects.first().pk}"
    warm(client, url)
    with statements() as made:
        assert len(rows(client.get(url))) == many
    assert len(made) == 5


def test_a_bad_name_is_said_at_its_field(client, me):
    url = reverse("tickets:view_save", args=["queue"])
    for name in ("", "名" * 31, "a\x00b"):
        assert press(client, url, {"name": name, "form_token": "t"}).status_code in (400, 422)
    assert client.get("/views/nothing/save/").status_code == 404
    assert not SavedView.objects.exists()
