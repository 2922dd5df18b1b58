"""How each step of a request is taken: what the machine needs to be told, and the service that people use."""

from aftersales.core import transitions
from orders.models import OrderLine
from refunds import services
from tests import factories
from tests.cells import split
from tests.refunds.standings import photo

GOODS = ("exchange", "reship")


def _other_kind(refund):
    """What changes on the row when the buyer wants money for goods, or goods for money."""
    if refund.kind in GOODS:
        return {"kind": "refund_only", "flow": "refund_only", "amount_fen": 1}
    return {"kind": "reship", "flow": "reship", "amount_fen": 0, "postage_fen": 0}


def _asked_otherwise(refund):
    """The same as the buyer says it."""
    return {"kind": "refund_only" if refund.kind in GOODS else "reship", "reason": "other"}


DETAILS = {
    "refuse": {"reason": "abuse"},
    "receive:fail": {"reason": "inspection_failed", "found": [services.Found("1", damage="buyer")]},
    "modify": {"judge": lambda refund: {}},
    "modify:kind": {"judge": _other_kind},
    "decision:partial": {"amount_fen": 1},
    "settle:refund": {"amount_fen": 1},
}


def serve(refund, cell, actor):
    """Take the step through the service that people use."""
    action, outcome = split(cell)
    line_ids = OrderLine.objects.filter(order=refund.order_id).values_list("pk", flat=True)
    side = "warehouse" if actor.role == "warehouse" else "seller"
    calls = {
        "modify:kind": lambda: services.refund_modify(refund=refund, actor=actor, changes=_asked_otherwise(refund)),
        "modify": lambda: services.refund_modify(refund=refund, actor=actor, changes={"description": "once more"}),
        "cancel": lambda: services.refund_cancel(refund=refund, actor=actor),
        "agree": lambda: services.refund_agree(refund=refund, actor=actor),
        "refuse": lambda: services.refund_refuse(
            refund=refund, actor=actor, reason="abuse", message="No reason", evidence_ids=[photo(refund.shop)]
        ),
        "void_result:voided": lambda: services.refund_void(refund=refund, actor=actor),
        "return_shipment": lambda: services.refund_return_shipment(
            refund=refund, actor=actor, carrier="sf", tracking_no="SF9"
        ),
        "undo_return": lambda: services.refund_return_undo(refund=refund, actor=actor, note="x"),
        "receive:pass": lambda: services.refund_receive(refund=refund, actor=actor, passed=True),
        "receive:fail": lambda: services.refund_receive(
            refund=refund,
            actor=actor,
            passed=False,
            findings="Worn",
            found=[services.Found("1", damage="buyer")],
            evidence_ids=[photo(refund.shop, side)],
        ),
        "intervention": lambda: services.refund_intervene(refund=refund, actor=actor, text="Help"),
        "decision:buyer": lambda: services.refund_decide(refund=refund, actor=actor, outcome="buyer", text="so"),
        "decision:seller": lambda: services.refund_decide(refund=refund, actor=actor, outcome="seller", text="so"),
        "decision:partial": lambda: services.refund_decide(
            refund=refund, actor=actor, outcome="partial", text="so", amount_fen=1
        ),
        "settle:withdrawn": lambda: services.refund_settle(refund=refund, actor=actor),
        "settle:refund": lambda: services.refund_settle(refund=refund, actor=actor, amount_fen=1),
        "overtaken:by_receipt": lambda: services.refunds_overtake(
            order_id=refund.order_id, actor=actor, by="by_receipt"
        ),
        "overtaken:by_shipment": lambda: services.refunds_overtake(
            order_id=refund.order_id, actor=actor, by="by_shipment", line_ids=list(line_ids)
        ),
        "void_result:already_shipped": lambda: services.refund_already_shipped(refund=refund, actor=actor),
        "succeed": lambda: factories.pay(refund),
        "promise_first": lambda: services.exchange_promise_first(refund=refund, actor=actor),
        "settle_difference": lambda: services.exchange_settle_difference(refund=refund, actor=actor, note="2026112522"),
        "ship_replacement": lambda: services.exchange_ship(
            refund=refund, actor=actor, carrier="sf", tracking_no="SF77"
        ),
        "delivery_proved": lambda: services.exchange_prove_delivery(refund=refund, actor=actor, note="本人签收"),
        "confirm_received": lambda: services.exchange_confirm_received(refund=refund, actor=actor),
    }
    if cell == "to_refund" and actor.role != "system":
        return services.exchange_to_refund(refund=refund, actor=actor)
    call = calls.get(cell)
    return call() if call else transitions.apply(services.REFUND, refund.pk, action, outcome=outcome, actor=actor)
