"""Service in the console: lists, files, one sheet, its dialogs and paper, an engineer's visits, the tasks (SVC)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock, events, sweeps
from aftersales.core.models import Deadline, Role
from service import services
from service.models import ServiceFile, ServiceSheet
from surveys.models import Survey
from tests import factories
from tests.helpers import statements, unchanged
from tests.service.test_service import out_of_warranty, sent
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, shop) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, shop))
    return client


def reported(shop, **fields) -> ServiceSheet:
    return factories.make_sheet(factories.make_order(shop, factories.phone_line(), sign=True), **fields)


def typed(moment) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}"


def deliver() -> None:
    while events.deliver():
        continue


def test_the_tabs_say_where_sheets_are(shop):
    """SVC-2, SVC-4: also who still has to decide, and whose paper is out or incomplete."""
    agent = factories.staff()
    reported(shop)
    open_one = factories.make_sheet(factories.make_order(shop, ship=True))
    hurry = sent(reported(shop, is_emergency=True), agent)
    done = services.sheet_repair(sheet=sent(reported(shop), agent), actor=agent, diagnosis="x", work="x")
    page = seat(Role.AGENT, shop).get("/service/")
    counts = {tab["key"]: tab["count"] for tab in page.context["tabs"]}
    assert counts == {
        "reported": 2,
        "decide": 1,
        "late": 0,
        "out": 1,
        "charged": 0,
        "testing": 0,
        "paper": 1,
        "incomplete": 1,
        "archived": None,
    }
    rows = {
        tab: [row.pk for row in seat(Role.AGENT, shop).get(f"/service/?tab={tab}").context["rows"]]
        for tab in ("decide", "incomplete", "paper")
    }
    assert rows == {"decide": [open_one.pk], "incomplete": [hurry.pk], "paper": [done.pk]}


@pytest.mark.parametrize("path", ["/service/", "/service/files/", "/service/today/"])
def test_a_list_costs_the_same_with_one_and_with_fifty(shop, path):
    user = factories.make_user(Role.AGENT, shop)
    client = Client()
    client.force_login(user)

    def one_more() -> None:
        sheet = reported(shop)
        if "today" in path:
            soon = clock.now() + timedelta(hours=1)
            services.sheet_assign(sheet=sheet, actor=factories.staff(), engineer=user.username, visit_at=soon)

    one_more()
    client.get(path)
    with statements() as one:
        client.get(path)
    for _each in range(49):
        one_more()
    with statements() as fifty:
        shown = client.get(path)
    assert len(shown.context["visits" if "today" in path else "rows"]) == 50
    assert len(one) == len(fifty)


def test_a_file_is_found_by_phone_serial_contract_and_order(shop):
    """SVC-1: the phone whole or by its last four digits, shown masked."""
    order = factories.make_order(shop, factories.phone_line(serial_no="SN-77"), sign=True)
    line = order.lines.get()
    line.order = order
    file = services.file_open(line=line, actor=factories.staff(), contract_no="ZC-8", sale_type="government")
    sheet = factories.make_sheet(order)
    client, other = seat(Role.AGENT, shop), seat(Role.AGENT, factories.make_shop())
    for asked in (file.file_no, order.order_no, "SN-77", "ZC-8", "1234", "13800001234"):
        shown = client.get("/service/files/", {"q": asked})
        assert [row.file.pk for row in shown.context["rows"]] == [file.pk], asked
        assert ">13800001234<" not in shown.content.decode()
        assert [row.pk for row in client.get("/service/", {"q": asked}).context["rows"]] == [sheet.pk]
        assert list(other.get("/service/files/", {"q": asked}).context["rows"]) == []
    for asked in ("123", "13900001234", "nothing"):
        assert list(client.get("/service/files/", {"q": asked}).context["rows"]) == []
    answer = client.post(f"/service/files/{file.file_no}/accepted/", {"form_token": "a", "accepted_on": "2199-01-01"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["accepted_on"])
    today = clock.shanghai_day(clock.now()).isoformat()
    client.post(f"/service/files/{file.file_no}/accepted/", {"form_token": "b", "accepted_on": today})
    assert ServiceFile.objects.get().accepted_on.isoformat() == today


def test_from_the_orders_page_to_the_archive(shop):
    """SVC-1, SVC-2, SVC-4: recorded once, sent, charged, quoted, accepted, paid, archived."""
    order = factories.make_order(shop, factories.line(quantity=1), ship=True)
    engineer = factories.make_user(Role.WAREHOUSE, shop)
    agent, boss, van = seat(Role.AGENT, shop), seat(Role.SUPERVISOR, shop), Client(HTTP_ACCEPT_LANGUAGE="en")
    van.force_login(engineer)
    assert "/service/new/" in agent.get(f"/orders/{order.order_no}/").content.decode()
    new = f"/service/new/?order={order.order_no}&shop={shop.code}&line=1"
    said = {"form_token": "once", "unit": 1, "way": "visit", "text": "It stays dark"}
    for _twice in range(2):
        assert agent.post(new, said, follow=True).status_code == 200
    sheet = ServiceSheet.objects.get()
    at = f"/service/{sheet.sheet_no}/"
    assert sheet.sheet_no in agent.get(f"/orders/{order.order_no}/").content.decode()
    assert 'data-action="service-bill"' in boss.get(at).content.decode()
    boss.post(f"{at}bill/", {"version": 1})
    visit = typed(clock.now() + timedelta(hours=2))
    agent.post(f"{at}assign/", {"version": 2, "engineer": engineer.username, "visit_at": visit})
    here = van.get("/service/today/").content.decode()
    assert ("tel:13800001234" in here, f"{at}set_out/" in here) == (True, True)
    assert "13800001234" not in agent.get(at).content.decode()
    van.post(f"{at}set_out/", {"version": 3})
    quote = {"kind_1": "parts", "text_1": "Screen", "quantity_1": 1, "unit_fen_1": "480"}
    quote |= {"kind_2": "labour", "text_2": "Work", "quantity_2": 2, "unit_fen_2": "50.50"}
    answer = van.post(f"{at}quote/", {"version": 4, "diagnosis": "Screen"})
    assert answer.status_code == 422
    van.post(f"{at}quote/", {"version": 4, "diagnosis": "Screen"} | quote)
    assert "¥581.00" in agent.get(at).content.decode()
    van.post(f"{at}accept/", {"version": 5, "by": "李雷", "how": "paper"})
    van.post(f"{at}repair/", {"version": 6, "diagnosis": "Screen", "work": "New screen"})
    answer = van.post(f"{at}pay/", {"version": 7, "paid_fen": "580", "paid_by": "cash"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["paid_fen"])
    van.post(f"{at}pay/", {"version": 7, "paid_fen": "581", "paid_by": "cash"})
    van.post(f"{at}finish/", {"version": 8, "invoice_wanted": "on"})
    agent.post(f"{at}archive/", {"version": 9})
    sheet = ServiceSheet.objects.get()
    assert (sheet.status, sheet.paid_fen, sheet.invoice_wanted) == ("archived", 58100, True)
    steps = agent.get(at).context["page"].steps
    assert [step["state"] for step in steps] == ["done"] * len(steps)
    deliver()
    kinds = Task.objects.filter(done_at=None).values_list("kind", "role")
    assert list(kinds) == [("service_invoice", "finance")]
    assert Survey.objects.get(subject_no=sheet.sheet_no).status == "calling"


def test_the_call_back_is_due_within_the_policys_time(shop):
    """SVC-3, SVC-4: three days, whether somebody was there or it was solved by phone."""
    sheet = services.sheet_solve(sheet=reported(shop), actor=factories.staff(), work="Restarted")
    deliver()
    due = Survey.objects.get(subject_no=sheet.sheet_no).call_due_at
    assert timedelta(days=2, hours=23) < due - sheet.closed_at < timedelta(days=3, hours=1)
    agent = factories.staff()
    sheet = services.sheet_repair(sheet=sent(reported(shop), agent), actor=agent, diagnosis="x", work="x")
    sheet = services.sheet_archive(sheet=sheet, actor=agent)
    deliver()
    due = Survey.objects.get(subject_no=sheet.sheet_no).call_due_at
    assert timedelta(days=2, hours=23) < due - sheet.closed_at < timedelta(days=3, hours=1)


def test_a_visit_that_is_late_is_on_the_desks_list_until_somebody_goes(shop):
    """SVC-3."""
    sheet, agent = reported(shop), factories.staff()
    Deadline.objects.filter(subject_type="service").update(due_at=clock.now() - timedelta(seconds=1))
    sweeps.sweep()
    deliver()
    assert Task.objects.filter(kind=TaskKind.SERVICE_LATE, done_at=None).count() == 1
    sent(ServiceSheet.objects.get(pk=sheet.pk), agent)
    deliver()
    assert Task.objects.filter(kind=TaskKind.SERVICE_LATE, done_at=None).count() == 0


def test_goods_that_are_sent_in_show_the_terms_and_the_freight(shop):
    """WAR-2."""
    sheet = reported(shop, way="sent_in")
    agent, at = seat(Role.AGENT, shop), f"/service/{sheet.sheet_no}/"
    agent.post(f"{at}accept_terms/", {"version": 1, "by": "李雷", "how": "chat"})
    agent.post(f"{at}expect/", {"version": 2})
    agent.post(f"{at}receive/", {"version": 3})
    agent.post(f"{at}find/", {"version": 4, "finding": "confirmed", "diagnosis": "Board"})
    back = {"version": 5, "work": "New board", "freight_in_fen": "15", "freight_out_fen": "12.01"}
    agent.post(f"{at}send_back/", back)
    text = agent.get(at).content.decode()
    for said in ("往返运费", "proposed payout to the buyer ¥1.50", "buyer ¥13.50, shop ¥13.51"):
        assert said in text


def test_the_paper_is_a_pdf_which_nobody_keeps(shop):
    """SVC-2: whatever was said, in any script."""
    sheet = sent(reported(shop, text="屏幕不亮 " * 90), factories.staff())
    answer = seat(Role.AGENT, shop).get(f"/service/{sheet.sheet_no}/paper/")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"unit": "99"}, "unit"),
        ({"unit": "x"}, "unit"),
        ({"way": "boat"}, "way"),
        ({"contact_phone": "1" * 30}, "contact_phone"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(shop, wrong, field):
    """SVC-2."""
    order = factories.make_order(shop, factories.phone_line(), sign=True)
    given = {"form_token": "t", "unit": "1", "way": "visit", "text": "Dark"} | wrong
    with unchanged():
        answer = seat(Role.AGENT, shop).post(f"/service/new/?order={order.order_no}&line=1", given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_a_stale_version_changes_nothing_and_is_told():
    """SVC-2: of two who hold the same page, the second sees what changed."""
    sheet = out_of_warranty()
    boss, at = seat(Role.SUPERVISOR, sheet.shop), f"/service/{sheet.sheet_no}/bill/"
    assert boss.post(at, {"version": 1}).status_code == 302
    with unchanged():
        assert boss.post(at, {"version": 1}).status_code in (409, 412)
