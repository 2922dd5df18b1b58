"""The policy settings, as supervisors see and change them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core import clock, policies
from aftersales.core.models import PolicyVersion, Role
from tests import factories
from tests.pages import press, sign_in, warm

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(client: Client):
    return sign_in(client, Role.SUPERVISOR)


def setting(key: str, shop=None) -> str:
    return reverse("tickets:policy_set", args=[key]) + (f"?shop={shop.code}" if shop else "")


def figure(**more: object) -> dict[str, object]:
    return {"scope": "*", "how": "set", "note": "大促", "effective_at": "", "form_token": "one"} | more


def test_every_setting_is_shown_in_words_with_its_rules(client, supervisor):
    shown = client.get("/policies/").content.decode()
    for definition in policies.definitions():
        assert reverse("tickets:policy_set", args=[definition.key]) in shown
    assert "TMO-1" in shown
    assert "PAY-3" in shown


def test_the_page_costs_a_fixed_number_of_statements(client, supervisor, django_assert_num_queries):
    """Session, user, shops, planned versions."""
    for hours in range(1, 30):
        policies.set(
            key="deadline.TMO-1",
            value=timedelta(hours=hours),
            actor=factories.staff(Role.SUPERVISOR),
            effective_at=clock.now() + timedelta(days=hours),
        )
    warm(client, "/policies/")
    with django_assert_num_queries(4):
        client.get("/policies/")


def test_a_figure_is_set_in_the_unit_that_people_use(client, supervisor):
    """TMO-1."""
    answer = press(client, setting("deadline.TMO-1"), figure(value_0="36", value_1="3600"), at="/policies/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/policies/")
    assert policies.get("deadline.TMO-1") == timedelta(hours=36)
    assert "大促" in client.get(setting("deadline.TMO-1")).content.decode()


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("order.extension_days", "5", 5),
        ("payout.agent_limit", "1,234.50", 123450),
        ("refund.void_required", "no", False),
        ("refund.bundle_kept_price", "list", "list"),
        ("arrival.hotline", "95187", "95187"),
        ("payout.red_after", "4", 4),
    ],
)
def test_every_kind_of_setting_can_be_set(client, supervisor, key, typed, value):
    assert press(client, setting(key), figure(value=typed)).status_code == 204
    assert policies.get(key) == value


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("order.extension_days", {"value": "99"}),
        ("order.extension_days", {"value": ""}),
        ("payout.agent_limit", {"value": "1,2"}),
        ("member.levels", {"value-rows": "1", "value-0-level": "VIP1", "value-0-pays_percent": "much"}),
        ("member.levels", {"value-rows": "1", "value-0-level": "VIP1", "value-0-pays_percent": "200"}),
        ("deadline.TMO-1", {"value_0": "0", "value_1": "3600"}),
    ],
)
def test_a_wrong_figure_is_refused_at_its_field_and_kept(client, supervisor, key, typed):
    answer = press(client, setting(key), figure(**typed))
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert "大促" in answer.content.decode()
    assert not PolicyVersion.objects.exists()


def cells(key: str, client: Client) -> dict[str, str]:
    """What the dialog of a table setting would send if nothing was changed."""
    form = client.get(setting(key)).context["form"]
    shown = form["value"].value()
    sent = {"value-rows": str(len(shown))}
    for number, row in enumerate(shown):
        sent[f"value-{number}-name"] = row["name"]
        sent |= {f"value-{number}-{cell['column'].name}": cell["text"] for cell in row["cells"]}
    return sent


@pytest.mark.parametrize("key", [one.key for one in policies.definitions() if one.kind == "json"])
def test_a_table_that_nobody_touched_stays_as_it_is(client, supervisor, key):
    """Cell by cell what is shown is what is stored."""
    assert press(client, setting(key), figure(**cells(key, client))).status_code == 204
    assert PolicyVersion.objects.get().value == policies.definition(key).default


def test_rows_of_a_table_come_and_go(client, supervisor):
    """PAY-3, ORD-8: an emptied row is left out, a spare one is filled; amounts are typed in yuan."""
    sent = cells("payout.postage", client)
    sent |= {name: "" for name in sent if name.startswith("value-1-")}
    sent |= {"value-0-regions": "江苏, 浙江", "value-0-first_fen": "7.50", "value-0-step_g": "500"}
    assert press(client, setting("payout.postage"), figure(**sent)).status_code == 204
    first, second = policies.get("payout.postage")
    assert (first["regions"], first["first_fen"], first["step_g"]) == (["江苏", "浙江"], 750, 500)
    assert second["regions"] == ["*"]


def test_a_wrong_cell_is_named_by_its_place_and_every_other_one_stays(client, supervisor):
    sent = cells("payout.postage", client) | {"value-1-first_fen": "dear", "value-0-regions": "江苏、安徽"}
    answer = press(client, setting("payout.postage"), figure(**sent)).content.decode()
    assert 'value="dear"' in answer
    assert "江苏、安徽" in answer
    assert "field-error" in answer


def test_a_figure_of_the_past_is_refused(client, supervisor):
    answer = press(client, setting("order.extension_days"), figure(value="5", effective_at="2020-01-01T00:00"))
    assert (answer.status_code, PolicyVersion.objects.count()) == (422, 0)


def test_sending_twice_writes_one_version(client, supervisor):
    sent = figure(value="5")
    assert [press(client, setting("order.extension_days"), sent).status_code for _ in range(2)] == [204, 204]
    assert PolicyVersion.objects.count() == 1


def test_a_shop_has_its_own_figure_and_can_give_it_back(client, supervisor):
    shop = factories.make_shop()
    press(client, setting("order.extension_days", shop), figure(value="5", scope=shop.code))
    assert (policies.get("order.extension_days", shop_id=shop.pk), policies.get("order.extension_days")) == (5, 3)
    assert "tag-strong" in client.get(f"/policies/?shop={shop.code}").content.decode()
    back = figure(value="", how="back", scope=shop.code, form_token="two")
    assert press(client, setting("order.extension_days", shop), back).status_code == 204
    assert policies.get("order.extension_days", shop_id=shop.pk) == 3


def test_a_planned_change_is_shown_and_can_be_withdrawn(client, supervisor):
    later = clock.now().astimezone(clock.SHANGHAI) + timedelta(days=3)
    press(client, setting("order.extension_days"), figure(value="7", effective_at=f"{later:%Y-%m-%dT%H:%M}"))
    version = PolicyVersion.objects.get()
    url = reverse("tickets:policy_withdraw", args=[version.pk])
    assert url in client.get("/policies/").content.decode()
    assert [press(client, url).status_code for _ in range(2)] == [204, 409]
    assert url not in client.get("/policies/").content.decode()


def test_a_supervisor_of_one_shop_decides_for_that_shop_alone(client):
    shop, other = factories.make_shop(), factories.make_shop()
    sign_in(client, Role.SUPERVISOR, shop)
    assert press(client, setting("order.extension_days"), figure(value="5", scope=shop.code)).status_code == 204
    for scope in ("*", other.code):
        sent = figure(value="6", scope=scope, form_token=scope)
        assert press(client, setting("order.extension_days"), sent).status_code == 422
    assert client.get(f"/policies/?shop={other.code}").status_code == 404
    general = policies.set(
        key="order.extension_days",
        value=4,
        actor=factories.staff(Role.SUPERVISOR),
        effective_at=clock.now() + timedelta(days=1),
    )
    assert press(client, reverse("tickets:policy_withdraw", args=[general.pk])).status_code == 403


def test_an_administrator_looks_and_changes_nothing(client):
    sign_in(client, Role.ADMIN)
    assert client.get(setting("order.extension_days")).status_code == 200
    assert press(client, setting("order.extension_days"), figure(value="5")).status_code == 403
    assert not PolicyVersion.objects.exists()


def test_a_setting_that_does_not_exist_is_not_found(client, supervisor):
    assert client.get(setting("deadline.TMO-99")).status_code == 404
