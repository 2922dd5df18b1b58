"""Which carriers reach the buyer, what that adds, and what a buyer who sends back is told (LOG-3, LOG-4, LOG-7)."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from aftersales.core import policies
from aftersales.core.models import Role
from aftersales.core.regions import province_of
from logistics import selectors as logistics
from logistics.models import Carrier, CarrierSurcharge, Parcel, UnservedRegion
from logistics.selectors import enquiries
from logistics.selectors.enquiries import WayOut
from logistics.selectors.regions import reach
from logistics.selectors.returning import return_advice
from orders.models import Order
from tests import factories
from tests.pages import press, sign_in, words
from tests.refunds import standings
from tests.rest import staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agent(client: Client):
    client.cookies["django_language"] = "en"
    return sign_in(client, Role.AGENT)


def leave_out(code: str, province: str, note: str = "") -> None:
    UnservedRegion.objects.create(carrier=Carrier.objects.get(code=code), province=province, note=note)


def charge(code: str, province: str, fen: int) -> None:
    CarrierSurcharge.objects.create(carrier=Carrier.objects.get(code=code), province=province, fen=fen)


def order_to(region: str, **fields: object) -> Order:
    receiver = {"name": "李雷", "phone": "13800001234", "region": region, "address": "1 号"}
    return factories.make_order(receiver=receiver, **fields)


def offers(order: Order) -> list[tuple[str, int, int]]:
    there, carriers = reach(order.receiver_region), list(logistics.carriers_active())
    return [(one.code, one.least_fen, one.most_fen) for one in enquiries.faster_carriers(order, carriers, there)]


@pytest.mark.parametrize(
    ("region", "province"),
    [
        ("西藏自治区拉萨市", "西藏"),
        ("中国 内蒙古自治区", "内蒙古"),
        (" 上海市浦东新区", "上海"),
        ("Tibet", ""),
        ("", ""),
    ],
)
def test_a_region_begins_with_its_province(region, province):
    assert province_of(region) == province


def test_the_postage_table_names_provinces_as_carriers_do():
    """PAY-3, LOG-7: one set of names."""
    for row in policies.get("payout.postage", shop_id=None):
        assert [province_of(name) for name in row["regions"] if name != "*"] == [n for n in row["regions"] if n != "*"]


def test_a_province_is_asked_with_two_statements(django_assert_num_queries):
    for name in ("西藏", "新疆", "青海"):
        leave_out("shunfeng", name)
    with django_assert_num_queries(2):
        reach("西藏自治区")
    with django_assert_num_queries(0):
        reach("Tibet")


def test_where_the_first_faster_carrier_does_not_go_the_next_is_offered(client, agent):
    """LOG-4: EMS where SF does not go, and the dialog says why."""
    leave_out("shunfeng", "西藏", "边境县")
    order = order_to("西藏自治区日喀则市")
    assert offers(order) == [("ems", 700, 1000)]
    assert offers(order_to("四川省成都市"))[0] == ("shunfeng", 1000, 1000)
    page = reverse("tickets:order_faster", args=[order.order_no]) + f"?shop={order.shop.code}"
    shown = client.get(page)
    assert "顺丰速运 does not serve 西藏 (边境县)." in words(shown)
    assert [value for value, _label in shown.context["form"].fields["carrier"].choices] == ["ems"]


def test_a_surcharge_that_is_known_takes_the_place_of_the_tables_span():
    """LOG-4: policy data, by province."""
    charge("ems", "西藏", 950)
    order = order_to("西藏自治区日喀则市")
    assert offers(order) == [("shunfeng", 1000, 1000), ("ems", 950, 950)]


def test_where_no_faster_carrier_goes_nothing_can_be_promised(client, agent):
    """LOG-4."""
    leave_out("shunfeng", "西藏")
    leave_out("ems", "西藏")
    order = order_to("西藏自治区日喀则市")
    page = reverse("tickets:order_faster", args=[order.order_no]) + f"?shop={order.shop.code}"
    assert "No faster carrier of the shop's table goes there." in words(client.get(page)).replace("&#x27;", "'")
    sent = {"carrier": "shunfeng", "surcharge": "10", "answer": "x", "form_token": "one"}
    assert press(client, page, sent).status_code == 422


def weighed(order: Order) -> enquiries.Weighing:
    carriers = list(logistics.carriers_active())
    there = reach(order.receiver_region)
    lines = list(order.lines.all())
    return enquiries.undeliverable(order, lines, carriers, there, transfer_fen=None, transfer_days=None)


def test_sending_again_by_post_costs_what_the_cheapest_post_adds_there():
    """LOG-3: EMS adds 10 yuan there, the parcel post 4."""
    order = order_to("西藏自治区日喀则市")
    before = weighed(order).options[0].cost_fen
    charge("ems", "西藏", 1000)
    charge("youzhengguonei", "西藏", 400)
    assert weighed(order).options[0].cost_fen == before + 400


def test_where_no_post_goes_sending_again_is_not_proposed(client, agent):
    """LOG-3: the dialog also says what was known of the place before."""
    order = order_to("西藏自治区日喀则市", ship=True)
    for code in ("ems", "youzhengguonei", "yuantong"):
        leave_out(code, "西藏")
    weighing = weighed(order)
    assert [(one.way, one.recommended) for one in weighing.options] == [(WayOut.GIVE_UP, True)]
    assert "西藏" in weighing.why
    parcel = Parcel.objects.get(order=order)
    page = reverse("tickets:parcel_undeliverable", args=[order.order_no, parcel.pk]) + f"?shop={order.shop.code}"
    assert "圆通速递 does not serve 西藏." in words(client.get(page))


def test_a_carrier_that_does_not_go_there_is_named_so_and_taken_all_the_same(client, agent):
    """LOG-1: softly."""
    leave_out("yuantong", "西藏")
    order = order_to("西藏自治区日喀则市")
    page = reverse("tickets:order_ship", args=[order.order_no]) + f"?shop={order.shop.code}"
    choices = dict(client.get(page).context["form"].fields["carrier"].choices)
    assert choices["yuantong"] == "圆通速递 – does not serve 西藏"
    assert list(choices)[-1] == "yuantong"
    assert choices["ems"] == "EMS"
    assert press(client, page, {"carrier": "yuantong", "tracking_no": "YT1", "lines": ["1"]}).status_code == 204
    assert Parcel.objects.get(order=order).carrier == "yuantong"
    assert "圆通速递 does not serve 西藏." in words(client.get("/queue/"))


def test_the_warehouse_sees_it_when_it_sends_a_replacement(client):
    """LOG-1, EXC-1."""
    client.cookies["django_language"] = "en"
    sign_in(client, Role.WAREHOUSE)
    leave_out("yuantong", "四川")
    owed = standings.receive(standings.send_back(factories.make_exchange(factories.make_order(sign=True))), passed=True)
    page = reverse("logistics:send", args=[owed.refund_no])
    assert "圆通速递 – does not serve 四川" in words(client.get(page))


def test_packing_warns_of_a_carrier_that_does_not_go_there(client):
    """LOG-1, MIS-1: the number's format says whose it is."""
    client.cookies["django_language"] = "en"
    sign_in(client, Role.WAREHOUSE)
    leave_out("yuantong", "西藏")
    order = order_to("西藏自治区日喀则市")
    sent = {"order_no": order.order_no, "packed_weight_g": "500", "tracking_no": "YT1234567890123", "form_token": "one"}
    assert press(client, reverse("logistics:pack"), sent).status_code == 204
    assert "圆通速递 does not serve 西藏." in words(client.get("/warehouse/"))


def test_a_buyer_who_sends_back_is_told_carriers_of_both_ends_phones_and_postage():
    """LOG-7: from the buyer's province and the goods' weight, by the table of PAY-3."""
    Carrier.objects.exclude(code__in=("yuantong", "shunfeng", "ems", "youzhengguonei", "tiantian")).update(
        is_active=False
    )
    leave_out("shunfeng", "四川")
    order = factories.make_order(None, replace(factories.line(), weight_g=1500), sign=True)
    refund = standings.agree(factories.make_return(order))
    assert province_of(refund.return_address["region"]) not in ("", "四川")
    leave_out("ems", province_of(refund.return_address["region"]))
    advice = return_advice(refund)
    assert [row["code"] for row in advice.carriers] == ["yuantong", "tiantian"]
    assert advice.postage_fen == 1800
    assert advice.text == "These carriers collect from you: 圆通速递 95554. The postage should be about ¥18.00."


def test_the_page_and_the_ready_words_say_it_while_the_goods_are_awaited(client, agent):
    """LOG-7: a filter by region, the same on the page as over REST."""
    leave_out("shunfeng", "四川")
    refund = factories.make_return(factories.make_order(sign=True))
    page = reverse("tickets:request_detail", args=[refund.refund_no])
    assert client.get(page).context["page"]["way_back"] is None
    refund = standings.agree(refund)
    shown = client.get(page)
    told = shown.context["page"]["way_back"]
    assert told == return_advice(refund)
    assert "顺丰速运" not in told.text
    assert "95554" in words(shown)
    assert told.text in shown.context["page"]["advice"]["reply"]


def test_rest_tells_it_too():
    """LOG-7."""
    refund = standings.agree(factories.make_return(factories.make_order(sign=True)))
    answer = staff_caller().get(f"/refunds/{refund.refund_no}/return-advice")
    assert answer.status_code == 200
    assert answer.json()["postage_fen"] == return_advice(refund).postage_fen
    assert {"code": "yuantong", "name": "圆通速递", "phone": "95554"} in answer.json()["carriers"]
    nothing = factories.make_refund()
    assert staff_caller().get(f"/refunds/{nothing.refund_no}/return-advice").json()["rule"] == "LOG-7"
