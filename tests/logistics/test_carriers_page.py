"""The carriers in the console: read by whoever sends or asks, changed by supervisors of all shops (LOG-1)."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from aftersales.core.models import Role
from logistics.models import Carrier, CarrierChange, UnservedRegion
from logistics.models.carriers import PROVINCES
from logistics.selectors import carriers as selectors
from tests import factories
from tests.pages import press, rows, sign_in, warm, words

pytestmark = pytest.mark.django_db

LIST, NEW = "/carriers/", "/carriers/new/"
AT = {name: place for place, name in enumerate(PROVINCES)}


@pytest.fixture
def supervisor(client: Client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return sign_in(client, Role.SUPERVISOR)


def page(code: str) -> str:
    return reverse("logistics:carrier", args=[code])


def sent(client: Client, code: str) -> dict[str, str]:
    """What the page of a carrier would send if nothing was touched."""
    form = client.get(page(code)).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: str(value) for name, value in values.items() if value not in (None, "", False)}


def test_carriers_are_listed_by_name_and_found_by_name_code_or_number(client, supervisor):
    assert len(rows(client.get(LIST))) == Carrier.objects.count()
    assert rows(client.get(LIST, {"q": "顺丰"})) == rows(client.get(LIST, {"q": "SHUNF"})) == ["shunfeng"]
    assert rows(client.get(LIST, {"number": "YT1234567890123"})) == ["yuantong"]
    assert "No carrier's format fits" in client.get(LIST, {"number": "?"}).content.decode()
    assert "No carrier is called so" in client.get(LIST, {"q": "?"}).content.decode()


def test_the_list_costs_a_fixed_number_of_statements(client, supervisor, django_assert_num_queries):
    """Session, user, rows: with one carrier and with fifty."""
    Carrier.objects.exclude(code="ems").delete()
    warm(client, LIST)
    with django_assert_num_queries(3):
        client.get(LIST)
    for number in range(50):
        carrier = Carrier.objects.create(code=f"c{number}", name=f"C{number}")
        UnservedRegion.objects.create(carrier=carrier, province="西藏")
    with django_assert_num_queries(3):
        client.get(LIST)


def test_what_is_changed_on_the_page_is_what_is_known(client, supervisor):
    """LOG-1, LOG-4: amounts are typed in yuan."""
    form = sent(client, "shunfeng") | {
        "phone": "95338",
        "formats": "SF\\d{13}\r\n\\d{12}",
        f"unserved_{AT['西藏']}": "on",
        f"note_{AT['西藏']}": "边境县",
        f"fen_{AT['新疆']}": "15",
    }
    answer = press(client, page("shunfeng"), form, at=page("shunfeng"))
    assert (answer.status_code, answer["HX-Redirect"]) == (204, LIST)
    state = selectors.state_of(selectors.carrier_get("shunfeng"))
    assert (state["phone"], state["formats"]) == ("95338", ["SF\\d{13}", "\\d{12}"])
    assert (state["unserved"], state["surcharges"]) == ({"西藏": "边境县"}, {"新疆": 1500})
    shown = words(client.get(page("shunfeng")))
    assert "¥15.00" in shown
    assert str(supervisor) in shown


def test_a_page_that_nobody_touched_changes_nothing(client, supervisor):
    for code in ("shunfeng", "ems", "youzhengguonei"):
        assert press(client, page(code), sent(client, code)).status_code == 204
    assert not CarrierChange.objects.exists()


def test_a_new_carrier_is_written_down_once(client, supervisor):
    form = {"version": "0", "name": "跨越速运", "code": "kuayue", "is_active": "on", "form_token": "one"}
    assert [press(client, NEW, form).status_code for _ in range(2)] == [204, 204]
    assert press(client, NEW, form | {"form_token": "two"}).status_code == 422
    assert CarrierChange.objects.get().after["name"] == "跨越速运"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"formats": "SF\\d{13}\nSF["}, "Format 2, SF["),
        ({"formats": "(\\d+)+X"}, "too loose"),
        ({"name": ""}, "required"),
        ({"code": "a b"}, "A code has"),
        ({f"fen_{AT['西藏']}": "much"}, "field-error"),
        ({f"fen_{AT['西藏']}": "99999"}, "A surcharge is"),
        ({f"note_{AT['西藏']}": "only counties"}, "Tick the province"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(client, supervisor, more, said):
    answer = press(client, page("shunfeng"), sent(client, "shunfeng") | {"phone": "95338-typed"} | more)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert said in shown
    assert "95338-typed" in shown
    assert "field-error" in shown
    assert not CarrierChange.objects.exists()


def test_what_two_change_at_once_comes_together(client, supervisor):
    """The second is told what the first changed; what he left alone is taken over, what both changed is marked."""
    mine = sent(client, "shunfeng") | {"name": "顺丰 (mine)", "phone": "mine"}
    theirs = sent(client, "shunfeng") | {"phone": "theirs", f"unserved_{AT['台湾']}": "on", "formats": "SF1"}
    assert press(client, page("shunfeng"), theirs).status_code == 204
    answer = press(client, page("shunfeng"), mine)
    shown = answer.content.decode()
    assert answer.status_code == 412
    assert f"{supervisor} changed" in shown
    assert "Meanwhile this became: theirs" in shown
    form = answer.context["form"]
    assert [form[name].value() for name in ("name", "phone", "formats")] == ["顺丰 (mine)", "mine", "SF1"]
    again = {field.html_name: field.value() for field in form}
    again = {name: str(value) for name, value in again.items() if value not in (None, "", False)}
    assert press(client, page("shunfeng"), again).status_code == 204
    state = selectors.state_of(selectors.carrier_get("shunfeng"))
    assert (state["name"], state["phone"], state["formats"]) == ("顺丰 (mine)", "mine", ["SF1"])
    assert state["unserved"] == {"台湾": ""}
    assert [change.after["phone"] for change in CarrierChange.objects.all()] == ["mine", "theirs"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.WAREHOUSE, Role.ADMIN])
def test_others_read_and_change_nothing(client, role):
    sign_in(client, role)
    shown = client.get(page("ems")).content.decode()
    assert "id_formats" not in shown
    assert "[981]" in shown
    assert press(client, page("ems"), {"version": "1"}).status_code == 403
    assert client.get(NEW).status_code == 403


def test_a_supervisor_of_one_shop_reads_and_changes_nothing(client):
    sign_in(client, Role.SUPERVISOR, factories.make_shop())
    assert "id_formats" not in client.get(page("ems")).content.decode()
    form = {"version": "1", "name": "E", "code": "ems", "form_token": "one"}
    assert press(client, page("ems"), form).status_code == 403
    assert not CarrierChange.objects.exists()


def test_a_carrier_that_is_not_known_is_not_found(client, supervisor):
    assert client.get(page("atlantis")).status_code == 404


def test_a_number_is_tried_against_what_is_typed_and_what_is_saved(client, supervisor):
    """LOG-1: before anything is saved."""
    url = reverse("logistics:carrier_try")
    fits = words(client.get(url, {"trial": "yt1234567890123", "formats": "YT\\d+"}))
    assert "It has one of the formats above." in fits
    assert "圆通速递" in fits
    misfit = words(client.get(url, {"trial": "yt1234567890123", "formats": "JT\\d+ (\\d+)+X"}))
    assert "It has none of the formats above." in misfit
    assert "Not usable: (\\d+)+X" in misfit
    assert words(client.get(url)).strip() == ""
