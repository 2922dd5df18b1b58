"""What the bench writes down of each line: expected against found, what is looked at, where the goods go (RET-2)."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from aftersales.core import errors, policies
from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import InspectionLine, Refund
from refunds.selectors.inspection import checks_for
from refunds.services import Found, LineAsk
from refunds.states import RefundStatus
from tests import factories
from tests.helpers import refused, unchanged
from tests.pages import press, sign_in, words
from tests.refunds import standings

pytestmark = pytest.mark.django_db


@pytest.fixture
def back() -> Refund:
    """Two tins on their way back."""
    return standings.send_back(factories.make_return(lines=(LineAsk("1", 2),)))


def receive(refund: Refund, *found: Found, passed: bool = True, findings: str = "") -> Refund:
    photos = [] if passed else [standings.photo(refund.shop, "warehouse")]
    keeper = factories.staff(Role.WAREHOUSE)
    return refunds.refund_receive(
        refund=refund, actor=keeper, passed=passed, findings=findings, evidence_ids=photos, found=found
    )


def lines_of(refund: Refund) -> list[tuple[object, ...]]:
    names = ("expected", "found", "wrong_goods", "damage", "disposition", "location")
    return list(InspectionLine.objects.filter(inspection__refund=refund).values_list(*names))


@pytest.mark.parametrize(
    ("category", "goods_no", "looked_at"),
    [
        ("shoes", "", "tags clean packaging accessories gifts invoice"),
        ("女装/连衣裙", "", "tags clean packaging accessories gifts invoice"),
        ("Phone", "", "unused packaging accessories manual gifts invoice"),
        ("tea", "", "sealed packaging gifts invoice"),
        ("", "TEA-250", "sealed packaging gifts invoice"),
        ("garden", "X-1", "packaging accessories manual gifts invoice"),
    ],
)
def test_what_is_looked_at_depends_on_category_or_goods_number(category, goods_no, looked_at):
    """RET-2, LAW-1."""
    order = factories.make_order(None, factories.line(category=category, goods_no=goods_no))
    assert checks_for(order.lines.get(), order.shop_id) == tuple(looked_at.split())


def test_a_shop_sets_what_is_looked_at(back):
    rows = [{"category": "all", "known_by": ["*"], "checks": ["invoice"]}]
    boss = factories.staff(Role.SUPERVISOR)
    policies.set(key="inspection.checks", value=rows, shop=back.shop, actor=boss)
    policies.forget()
    assert checks_for(back.lines.get().order_line, back.shop_id) == ("invoice",)
    policies.forget()


def test_lines_that_are_not_named_were_as_they_should_be(back):
    moved = receive(back)
    assert moved.status == RefundStatus.WAIT_SYSTEM_TRANSFER
    assert lines_of(moved) == [(2, 2, False, "", "restock", "")]
    checks = InspectionLine.objects.get().checks
    assert checks == {"sealed": True, "packaging": True, "gifts": True, "invoice": True}


@pytest.mark.parametrize(
    "doubt",
    [
        {"found": 1},
        {"found": 3},
        {"wrong_goods": True},
        {"faults": ("sealed",)},
        {"damage": "transit"},
        {"disposition": "second"},
        {"disposition": "scrap"},
        {"disposition": "back"},
    ],
)
def test_a_pass_over_a_doubt_needs_words(back, doubt):
    """RET-2: and with them it is kept as it was found."""
    with unchanged(), refused(errors.RuleViolation, "RET-2"):
        receive(back, Found("1", **doubt))
    moved = receive(back, Found("1", **doubt), findings="买家说明在先，照收")
    assert moved.status == RefundStatus.WAIT_SYSTEM_TRANSFER
    assert InspectionLine.objects.get().inspection.findings == "买家说明在先，照收"


def test_what_fails_goes_back_to_the_buyer_unless_said_otherwise(back):
    moved = receive(back, Found("1", 2, damage="buyer", faults=("sealed",)), passed=False, findings="已拆封饮用")
    assert moved.status == RefundStatus.SELLER_REFUSE_BUYER
    assert lines_of(moved) == [(2, 2, False, "buyer", "back", "")]
    assert InspectionLine.objects.get().checks["sealed"] is False


def test_nothing_in_the_box_lies_on_no_shelf(back):
    moved = receive(back, Found("1", 0, wrong_goods=True, location="A-01", faults=("sealed",)), findings="空盒")
    assert lines_of(moved) == [(2, 0, False, "", "restock", "")]
    assert InspectionLine.objects.get().checks == {}


@pytest.mark.parametrize(
    "found",
    [
        [Found("9")],
        [Found("1"), Found("1")],
        [Found("1", -1)],
        [Found("1", faults=("smell",))],
        [Found("1", damage="x")],
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_written(back, found):
    with unchanged(), refused(errors.RuleViolation, "RET-2"):
        receive(back, *found, findings="说明")


@pytest.mark.parametrize("wrong", [{"damage": "x"}, {"disposition": ""}, {"found": 0, "location": "A-01"}])
def test_the_database_keeps_lines_sensible(back, wrong):
    receive(back)
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionLine.objects.update(**wrong)


def test_what_was_found_stays_when_the_buyer_asks_for_something_else(back):
    """RET-2, APP-8: the photos and findings are evidence; asking for one tin of two takes none of it away."""
    failed = receive(back, Found("1", found=1, faults=("sealed",)), passed=False, findings="拆封，少一罐")
    found = lines_of(failed)
    assert [row[:2] for row in found] == [(2, 1)]
    refunds.refund_modify(refund=failed, actor=factories.buyer(back.shop), changes={"lines": (LineAsk("1", 1),)})
    assert lines_of(failed) == found


def test_the_card_remembers_the_shelf_and_the_request_shows_what_was_found(client: Client, back):
    """RET-2: one tin of two, unsealed, second quality; the next parcel of the same goods offers the shelf."""
    sign_in(client, Role.SUPERVISOR)
    line = back.lines.get()
    at = f"line{line.pk}_"
    sent = {
        "version": back.version,
        "verdict": "pass",
        "findings": "少一罐，已与买家说好",
        "kept": "",
        f"{at}found": "1",
        f"{at}findings": ["seal_opened"],
        f"{at}goes": "second",
        f"{at}shelf": "B-03",
    }
    assert press(client, f"/warehouse/{back.refund_no}/receive/", sent).status_code == 204
    assert lines_of(back) == [(2, 1, False, "", "second", "B-03")]
    shown = words(client.get(f"/requests/{back.refund_no}/"))
    assert "1/2" in shown
    assert "B-03" in shown
    again = standings.send_back(factories.make_return(factories.make_order(back.shop, sign=True)))
    card = client.get(f"/warehouse/?tab=receive&q={again.refund_no}").content.decode()
    assert 'value="B-03"' in card


def test_a_card_costs_the_same_whatever_the_number_of_lines(client: Client, django_assert_max_num_queries):
    sign_in(client, Role.WAREHOUSE)
    goods = [factories.line(line_no=str(number), goods_no=f"G-{number}") for number in range(12)]
    order = factories.make_order(None, *goods, sign=True)
    asked = tuple(LineAsk(str(number), 1) for number in range(12))
    refund = standings.send_back(factories.make_return(order, lines=asked))
    url = f"/warehouse/?tab=receive&q={refund.refund_no}"
    client.get(url)
    with django_assert_max_num_queries(16):
        assert client.get(url).status_code == 200


def test_rest_takes_and_gives_the_lines(client: Client, back):
    """RET-2."""
    keeper = factories.make_user(Role.WAREHOUSE)
    client.force_login(keeper)
    sent = {
        "result": "pass",
        "findings": "封口已拆",
        "lines": [{"line_no": "1", "found": 2, "faults": ["sealed"], "disposition": "second", "location": "B-03"}],
    }
    answer = client.post(
        f"/api/v1/refunds/{back.refund_no}/receive",
        sent,
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["inspection"]["lines"] == [
        {
            "line_no": "1",
            "expected": 2,
            "found": 2,
            "wrong_goods": False,
            "checks": {"sealed": False, "packaging": True, "gifts": True, "invoice": True},
            "findings": ["seal_opened"],
            "damage": "",
            "disposition": "second",
            "location": "B-03",
        }
    ]
