"""A buyer whose phone, name and address nobody else has, driven through everything: they are never seen unmasked.

LAW-7. The log is read as production writes it. Seen to fail when `mask_event` is taken out of the renderers.
"""

import io
import logging

import pytest
import structlog
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from aftersales import logs
from aftersales.core import jobs
from aftersales.core.auth import Actor
from aftersales.core.models import IdempotencyRecord, LogEntry, OutboxEvent, Role
from orders.models import Order
from refunds import services
from refunds.models import Payee, PayeeDisclosure, Payout
from tests import factories
from tests.rest import shop_caller, staff_caller

pytestmark = pytest.mark.django_db

PHONE, NAME, STREET = "13961728394", "金丝雀欧阳", "鸟笼巷 37 号 504 室"
SECRETS = (PHONE, NAME, STREET)


@pytest.fixture
def log():
    """Everything that is logged, as production renders it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=logs.PROCESSORS,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *logs.RENDERERS["json"]],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)


def order_body(number):
    """An order of the canary."""
    return {
        "shop": "canary",
        "buyer": {"id": "b-1", "nick": NAME},
        "paid_at": "2026-11-20T10:00:00+08:00",
        "paid_fen": 10000,
        "receiver": {"name": NAME, "phone": PHONE, "region": "江苏省南京市", "address": STREET},
        "lines": [
            {"line_no": "1", "title": "铁观音", "unit_price_fen": 10000, "quantity": 1, "seven_day_return": True}
        ],
        "order_no": number,
    }


def leaks(text):
    """Which secrets a text holds."""
    return [secret for secret in SECRETS if secret in text]


def test_a_canary_is_seen_in_no_log(log, monkeypatch):
    shop = factories.make_shop("canary")
    front, agent = shop_caller(shop), staff_caller(Role.AGENT)
    assert front.put("/orders/C1", order_body("C1")).status_code == 201
    assert front.put("/orders/C1", order_body("C1") | {"paid_fen": 1}).status_code == 422
    front.post("/orders/C1/ship", {"carrier": "yuantong", "tracking_no": "YT1234567890123"})
    asked = {"order_no": "C1", "kind": "return_refund", "goods_status": "received", "reason": "seven_day"}
    asked |= {"description": f"请打 {PHONE}", "lines": [{"line_no": "1", "quantity": 1}]}
    number = front.post("/refunds", asked).json()["refund_no"]
    agent.post(f"/refunds/{number}/messages", {"text": f"好的,稍后打 {PHONE}"})
    agent.post(f"/refunds/{number}/refuse", {"reason": "not_fit_for_resale", "message": PHONE, "evidence": []})
    order = Order.objects.get(order_no="C1")
    logging.getLogger("orders").error("receiver %s at %s", PHONE, order.receiver_phone)
    structlog.get_logger("orders").warning("parcel", phone=PHONE, receiver_name=NAME, address=STREET)

    def broken(**_kwargs):
        receiver = {"phone": PHONE, "name": NAME}
        raise RuntimeError(f"no label for {receiver['phone']}")

    monkeypatch.setattr(services, "refund_agree", broken)
    agent.client.raise_request_exception = False
    assert agent.post(f"/refunds/{number}/agree").status_code == 500
    assert "no label for" in log.getvalue()
    assert leaks(log.getvalue()) == []


def test_a_canary_is_masked_on_every_page_and_in_every_event(client):
    shop = factories.make_shop("canary")
    front = shop_caller(shop)
    front.put("/orders/C1", order_body("C1"))
    front.post("/orders/C1/ship", {"carrier": "yuantong", "tracking_no": "YT1234567890123"})
    asked = {"order_no": "C1", "kind": "return_refund", "goods_status": "received", "reason": "seven_day"}
    number = front.post("/refunds", asked | {"lines": [{"line_no": "1", "quantity": 1}]}).json()["refund_no"]
    pages = [
        reverse("tickets:queue"),
        reverse("tickets:request_detail", args=[number]),
        reverse("tickets:order_detail", args=["C1"]),
        f"{reverse('tickets:search')}?q=8394",
        reverse("logistics:warehouse"),
        reverse("tickets:deadlines"),
        reverse("tickets:disputes"),
        f"{reverse('tickets:tickets')}?tab=all",
        reverse("tickets:ticket", args=[factories.make_ticket(Order.objects.get(order_no="C1")).ticket_no]),
    ]
    for role in (Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE, Role.FINANCE):
        client.force_login(factories.make_user(role))
        cache.clear()
        for page in pages:
            response = client.get(page, follow=True)
            assert leaks(response.content.decode()) == [], (role, page)
    assert leaks(str(list(OutboxEvent.objects.values_list("payload", flat=True)))) == []


def test_staff_get_the_receiver_masked_over_rest():
    shop = factories.make_shop("canary")
    front = shop_caller(shop)
    front.put("/orders/C1", order_body("C1"))
    seen = staff_caller(Role.AGENT).get("/orders/C1").content.decode()
    assert leaks(seen) == []


def as_stored(model):
    """Every row of a table as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row::text FROM {model._meta.db_table} row")
        return str(cursor.fetchall())


ACCOUNT, HOLDER = "18677665544", "慕容云鹤"


def test_a_payee_is_seen_nowhere_but_where_a_reason_was_given(log, client):
    """PAY-2: not in a page, the log, the news, the books of steps, an error, the export or over REST."""
    shop = factories.make_shop("canary")
    order = factories.make_order(shop, sign=True)
    refund = factories.make_return(order)
    agent, finance = staff_caller(Role.AGENT), staff_caller(Role.FINANCE)
    payee = {"account_type": "alipay", "account": ACCOUNT, "name": HOLDER}
    asked = {"order_no": order.order_no, "refund_no": refund.refund_no, "purpose": "goodwill", "amount_fen": 1000}
    wrong = agent.post("/payouts", asked | {"payee": payee | {"account_type": "bank"}})
    opened = agent.post("/payouts", asked | {"payee": payee})
    number = opened.json()["payout_no"]
    answers = [wrong, opened, agent.post(f"/payouts/{number}/submit"), agent.post(f"/payouts/{number}/approve")]
    answers += [finance.post(f"/payouts/{number}/approve"), finance.get("/payouts"), finance.get(f"/payouts/{number}")]
    services.payout_send(payout=Payout.objects.get())
    answers += [finance.post(f"/payouts/{number}/fail", {"failure": "户名不符", "fault": "payee"})]
    answers += [agent.post(f"/payouts/{number}/correct-payee", payee), agent.get(f"/refunds/{refund.refund_no}")]
    pages = ["/payouts/?tab=all", f"/payouts/{number}/", f"/payouts/{number}/approve/", f"/payouts/{number}/payee/"]
    pages += [f"/requests/{refund.refund_no}/", f"/orders/{order.order_no}/", "/tasks/", "/operations/"]
    for role in (Role.AGENT, Role.FINANCE, Role.SUPERVISOR):
        client.force_login(factories.make_user(role))
        cache.clear()
        answers += [client.get(page, follow=True) for page in pages]
    supervisor = Actor.for_user(factories.make_user(Role.SUPERVISOR))
    job = services.payouts_export_start(actor=supervisor, tab="all", asked="", form="xlsx")
    jobs.run_next()
    book = load_workbook(jobs.file_of(job))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    logging.getLogger("refunds").error("payee %s of %s", ACCOUNT, number)
    kept = [as_stored(table) for table in (OutboxEvent, LogEntry, IdempotencyRecord, Payee, Payout)]
    records = [record.response_body for record in IdempotencyRecord.objects.all()]
    assert records, "keyed requests keep their answers"
    seen = [answer.content.decode() for answer in answers] + cells + kept + records + [log.getvalue()]
    assert [text[:200] for text in seen if ACCOUNT in text or HOLDER in text] == []
    shown = finance.post(f"/payouts/{number}/reveal", {"reason": "核对户名"})
    assert ACCOUNT in shown.content.decode()
    assert PayeeDisclosure.objects.count() == 1
