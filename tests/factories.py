"""People and things of the domain, made the way that the product makes them: through its services."""

import io
import itertools
from datetime import timedelta
from typing import Any

from PIL import Image

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import ApiClient, Role, Scope, Shop, User, WebhookEndpoint
from aftersales.core.webhooks import endpoints
from complaints import services as complaints
from complaints.models import Complaint
from feedback import services as feedback
from feedback.models import FeedbackCase
from invoices import services as invoices
from invoices.models import Invoice
from logistics import services as logistics
from logistics.models import Claim, VoidList
from logistics.services import claims
from logistics.services.claims import LineClaim
from orders import services as orders
from orders.models import Order
from orders.services import LineData, OrderData
from refunds import services as refunds
from refunds.models import Difference, Payout, Refund, RefundPayment
from refunds.services import Ask, LineAsk, PayeeData
from service import services as service
from service.models import ServiceSheet
from surveys import services as surveys
from surveys.models import Survey
from tickets import services as tickets
from tickets.models import Ticket

_surveys = itertools.count(1)
_numbers = itertools.count(1)
ADDRESS = {"name": "售后部", "phone": "0571-88880000", "region": "浙江省杭州市", "address": "余杭区文一西路 1 号"}


def make_shop(code: str = "") -> Shop:
    """A shop with a default return address."""
    code = code or f"shop{next(_numbers)}"
    return Shop.objects.create(code=code, name=f"{code} 旗舰店", return_address=ADDRESS)


def make_user(role: str = Role.AGENT, *shops: Shop, **fields: Any) -> User:
    """A member of staff; without shops he sees all of them."""
    number = next(_numbers)
    user = User.objects.create_user(username=f"{role}{number}", password="secret-pass-1", role=role, **fields)
    user.shops.set(shops)
    return user


def staff(role: str = Role.AGENT, *shops: Shop) -> Actor:
    """A member of staff as an actor."""
    return Actor.for_user(make_user(role, *shops))


def make_client(shop: Shop) -> ApiClient:
    """A shop's front-end."""
    scopes = [Scope.ORDERS_WRITE, Scope.REFUNDS_READ, Scope.REFUNDS_WRITE, Scope.EVIDENCE_WRITE, Scope.WEBHOOKS_WRITE]
    return ApiClient.objects.create(name=f"front-end {next(_numbers)}", shop=shop, scopes=scopes)


def buyer(shop: Shop) -> Actor:
    """The shop's front-end as an actor: it speaks for buyers."""
    return Actor.for_client(make_client(shop))


def line(**fields: Any) -> LineData:
    """A line of two tins of tea, unless said otherwise."""
    given = {
        "line_no": "1",
        "item_id": "tea-07",
        "goods_no": "TGY-250",
        "title": "铁观音 250g",
        "sku": "清香/罐装",
        "unit_price_fen": 10800,
        "quantity": 2,
        "discount_fen": 800,
        "seven_day_return": True,
        "category": "tea",
        "weight_g": 320,
    }
    return LineData(**(given | fields))


def make_order(
    shop: Shop | None = None, *lines: LineData, ship: bool = False, sign: bool = False, **fields: Any
) -> Order:
    """A paid order of 216 yuan, postage 8, unless said otherwise; shipped and signed for on request."""
    shop = shop or make_shop()
    lines = lines or (line(),)
    goods = sum(item.due_fen for item in lines)
    given: dict[str, Any] = {
        "order_no": f"A{next(_numbers):06d}",
        "buyer_id": f"b-{next(_numbers)}",
        "buyer_nick": "茶友小李",
        "postage_fen": 800,
        # An hour ago and on the same day in China: what is counted by days counts it today, whatever the hour.
        "paid_at": max(clock.now() - timedelta(hours=1), clock.day_began(clock.now())),
        "payment_channel": "quickpay_debit",
        "receiver": {"name": "李雷", "phone": "13800001234", "region": "四川省成都市锦江区", "address": "春熙路 8 号"},
    }
    given |= fields
    given.setdefault("paid_fen", goods + given["postage_fen"])
    order, _new = orders.order_register(shop=shop, data=OrderData(lines=tuple(lines), **given), actor=buyer(shop))
    if ship or sign:
        order = logistics.order_ship(order=order, actor=staff(), carrier="yuantong", tracking_no="YT1234567890123")
    if sign:
        order = orders.order_sign(order=order, actor=staff(), signed_at=clock.now())
    return order


def ask(kind: str = "refund_only", goods_status: str = "", reason: str = "", **fields: Any) -> Ask:
    """What a buyer asks for: one unit of line 1, with a goods status and reason that fit the kind."""
    received = goods_status or ("received" if kind in ("return_refund", "exchange") else "not_received")
    fitting = {
        "return_refund": "seven_day",
        "exchange": "quality",
        "reship": "lost_or_empty",
        "refund_only": "no_longer_wanted" if received == "not_received" else "quality",
    }
    lines = fields.pop("lines", (LineAsk("1", 1),))
    return Ask(kind, received, reason or fitting.get(kind, "other"), tuple(lines), **fields)


def make_refund(order: Order | None = None, **asked: Any) -> Refund:
    """A request of a buyer, waiting for the seller."""
    order = order or make_order()
    return refunds.refund_apply(order=order, ask=ask(**asked), actor=buyer(order.shop))


def make_return(order: Order | None = None, **asked: Any) -> Refund:
    """A return-and-refund request of a signed order, waiting for the seller."""
    return make_refund(order or make_order(sign=True), kind="return_refund", **asked)


def make_exchange(order: Order | None = None, **asked: Any) -> Refund:
    """A request for one unit of other goods, of a signed order, waiting for the seller."""
    asked.setdefault("lines", (LineAsk("1", 1, exchange_sku="浓香/罐装"),))
    return make_refund(order or make_order(sign=True), kind="exchange", **asked)


def make_reship(order: Order | None = None, **asked: Any) -> Refund:
    """A request to send what never came, of a shipped order."""
    return make_refund(order or make_order(ship=True), kind="reship", **asked)


def make_void_list(shop: Shop | None = None, *, amount: int = 1) -> VoidList:
    """A list of so many unshipped orders, submitted by somebody of the warehouse."""
    shop = shop or make_shop()
    for _each in range(amount):
        make_refund(make_order(shop))
    return logistics.void_list_make(shop=shop, actor=staff(Role.WAREHOUSE))


def pay(refund: Refund) -> Refund:
    """Let finance send and confirm the refund's payment."""
    payment = RefundPayment.objects.get(refund=refund)
    payment = refunds.payment_send(payment=payment)
    refunds.payment_confirm(payment=payment, actor=staff(Role.FINANCE), reference=f"REF-{payment.payment_no}")
    return Refund.objects.get(pk=refund.pk)


def make_payout(order: Order | None = None, *, opened_by: Actor | None = None, **fields: Any) -> Payout:
    """A draft of a goodwill payout of 12 yuan to an Alipay account, unless said otherwise."""
    order = order or (fields["refund"].order if fields.get("refund") else make_order(sign=True))
    given: dict[str, Any] = {
        "purpose": "goodwill",
        "amount_fen": 1200,
        "payee": PayeeData("alipay", "13800001234", "李雷"),
    }
    return refunds.payout_open(order=order, actor=opened_by or staff(), **(given | fields))


def approved(payout: Payout) -> Payout:
    """Submit a payout and let a supervisor approve it."""
    if payout.status == "draft":
        payout = refunds.payout_submit(payout=payout, actor=staff())
    return refunds.payout_approve(payout=payout, actor=staff(Role.SUPERVISOR))


def make_difference(order: Order | None = None, **fields: Any) -> Difference:
    """A bill of yesterday says another amount than the books, unless said otherwise."""
    order = order or make_order(sign=True)
    given: dict[str, Any] = {
        "provider": "alipay",
        "day": clock.shanghai_day(clock.now() - timedelta(days=1)),
        "kind": Difference.Kind.AMOUNT,
        "number": f"RP{next(_numbers)}",
        "detail": order.order_no,
        "here_fen": 1200,
        "there_fen": 1000,
        "shop": order.shop,
        "order": order,
        "found_at": clock.now(),
    }
    return Difference.objects.create(**given | fields)


def given_up(row: Any) -> Any:
    """Let two people agree that money without an answer has not moved, as if the provider had been asked since."""
    kind = "payout" if isinstance(row, Payout) else "payment"
    report, accept = getattr(refunds, f"{kind}_report_unmoved"), getattr(refunds, f"{kind}_accept_unmoved")
    proof = make_evidence(row.shop, purpose="receipt")
    told = report(**{kind: row}, actor=staff(Role.FINANCE), reason="流水中没有", evidence_ids=[proof])
    type(row).objects.filter(pk=row.pk).update(ask_at=None)
    return accept(**{kind: told}, actor=staff(Role.SUPERVISOR), reason="已核对流水")


def make_invoice(order: Order | None = None, **fields: Any) -> Invoice:
    """A wish for an invoice to a person for all of an order, unless said otherwise."""
    order = order or make_order(sign=True)
    return invoices.invoice_request(order=order, actor=staff(), **({"title": "李雷"} | fields))


def make_complaint(order: Order | None = None, **fields: Any) -> Complaint:
    """A complaint at the platform about the quality of goods, unless said otherwise."""
    order = order or make_order(sign=True)
    given = {"source": "platform", "problem": "quality", "text": "The cup leaks"} | fields
    return complaints.complaint_file(order=order, actor=staff(), **given)


def make_feedback(order: Order | None = None, **fields: Any) -> FeedbackCase:
    """A feedback case that the desk reported about line 1 of an order, unless said otherwise."""
    order = order or make_order(sign=True)
    sold = order.lines.get(line_no="1")
    sold.order = order
    given = {"page_says": "Deep red", "came": "Pale red"} | fields
    return feedback.page_report(line=sold, actor=staff(), **given)


def make_survey(order: Order | None = None, **fields: Any) -> Survey:
    """A survey about a ticket that was solved, with its link out, unless said otherwise."""
    order = order or make_order(sign=True)
    given = {"kind": "ticket", "number": f"TK{next(_surveys)}", "matter": "logistics"} | fields
    survey = surveys.survey_open(order=order, **given)
    assert survey is not None, "the policies do not want this one"
    return survey


def phone_line(**fields: Any) -> LineData:
    """A line of one phone, whose category has a year of warranty, unless said otherwise."""
    given = {"title": "手机 X1", "goods_no": "X1", "category": "phone", "quantity": 1, "unit_price_fen": 299900}
    return line(**(given | {"discount_fen": 0} | fields))


def make_sheet(order: Order | None = None, *, actor: Actor | None = None, **fields: Any) -> ServiceSheet:
    """A service sheet of a phone that was signed for today, unless said otherwise."""
    order = order or make_order(None, phone_line(), sign=True)
    sold = order.lines.first()
    assert sold is not None
    sold.order = order
    return service.sheet_file(line=sold, actor=actor or staff(), **({"text": "The screen stays dark"} | fields))


def make_claim(order: Order | None = None, *, drafted_by: Actor | None = None, **fields: Any) -> Claim:
    """A draft of a claim for a lost unit of line 1 of a shipped order's parcel, unless said otherwise."""
    order = order or make_order(ship=True)
    parcel = fields.pop("parcel", None) or order.parcels.get()
    given: dict[str, Any] = {"cause": "lost", "lines": [LineClaim("1", 1)]}
    return claims.claim_draft(parcel=parcel, actor=drafted_by or staff(), **(given | fields))


def submitted_claim(claim: Claim) -> Claim:
    """A draft stamped by finance, handed to the warehouse, and with the carrier."""
    claim = claims.claim_stamp(claim=claim, actor=staff(Role.FINANCE))
    claim = claims.claim_hand_over(claim=claim, actor=staff(Role.FINANCE))
    return claims.claim_submit(claim=claim, actor=staff(Role.WAREHOUSE), carrier_reference="YTO-77001")


def make_evidence(shop: Shop, *, actor: Actor | None = None, purpose: str = "refusal", red: int = 180) -> str:
    """The id of a small picture that the seller's side (or `actor`) uploaded."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (red, 140, 90)).save(content, "JPEG")
    content.seek(0)
    content.name = "photo.jpg"
    return str(refunds.evidence_store(actor=actor or staff(), file=content, purpose=purpose, shop=shop).evidence_id)


def make_webhook(
    shop: Shop | None = None, url: str = "https://shop.example.com/hooks", **fields: Any
) -> WebhookEndpoint:
    """An endpoint that wants everything, unless said otherwise."""
    shop = shop or make_shop()
    given: dict[str, Any] = {"types": ["*"]} | fields
    return endpoints.endpoint_create(shop=shop, actor=buyer(shop), url=url, **given)


def make_ticket(order: Order | None = None, actor: Actor | None = None, **given: Any) -> Ticket:
    """A ticket that somebody of the desk opened by hand."""
    order = order or make_order()
    fields = {"kind": "logistics", "title": "三天没有物流更新", "next_step": "打电话催圆通"} | given
    return tickets.ticket_open(order=order, actor=actor or staff(Role.AGENT, order.shop), **fields)
