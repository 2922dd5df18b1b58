"""Requests in every standing that a request can be in, reached through the services."""

from datetime import timedelta

import time_machine

from aftersales.core import clock
from aftersales.core.models import Role, Shop
from refunds import services
from refunds.models import Refund, RefundPayment
from refunds.models.evidence import Evidence
from tests import factories

OLD = timedelta(days=16)  # longer than the waiting time before the platform can be asked (RFD-7)


def photo(shop: Shop, side: str = "seller") -> str:
    """The number of a picture that was uploaded before."""
    stored = Evidence.objects.create(
        shop=shop,
        purpose="refusal",
        side=side,
        actor_kind="staff",
        sha256="0" * 64,
        received_sha256="0" * 64,
        content_type="image/jpeg",
        size=1,
        width=1,
        height=1,
        created_at=clock.now(),
    )
    return stored.evidence_id


def refuse(refund: Refund) -> Refund:
    """Let an agent refuse."""
    photos = [photo(refund.shop)]
    agent = factories.staff()
    return services.refund_refuse(
        refund=refund, actor=agent, reason="abuse", message="Not as agreed", evidence_ids=photos
    )


def send_back(refund: Refund, *, surface: bool = False) -> Refund:
    """Let the seller agree to the return and the buyer send the goods."""
    services.refund_agree(refund=refund, actor=factories.staff())
    return services.refund_return_shipment(
        refund=refund, actor=factories.buyer(refund.shop), carrier="sf", tracking_no="SF123", surface=surface
    )


def receive(refund: Refund, *, passed: bool) -> Refund:
    """Let the warehouse open the parcel."""
    photos = [] if passed else [photo(refund.shop, "warehouse")]
    return services.refund_receive(
        refund=refund,
        actor=factories.staff(Role.WAREHOUSE),
        passed=passed,
        findings="" if passed else "Worn, tags cut",
        evidence_ids=photos,
        found=None if passed else [services.Found(refund.lines.first().order_line.line_no, damage="buyer")],
    )


def dispute(refund: Refund) -> Refund:
    """Let the buyer ask the platform to step in."""
    return services.refund_intervene(refund=refund, actor=factories.buyer(refund.shop), text="Please help")


def void(refund: Refund) -> Refund:
    """Let the warehouse void the order."""
    return services.refund_void(refund=refund, actor=factories.staff(Role.WAREHOUSE))


def agree(refund: Refund) -> Refund:
    """Let an agent agree."""
    return services.refund_agree(refund=refund, actor=factories.staff())


def cancel(refund: Refund) -> Refund:
    """Let the buyer give up."""
    return services.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))


def lose(refund: Refund) -> Refund:
    """Send the payment and have it fail."""
    payment = services.payment_send(payment=RefundPayment.objects.get(refund=refund))
    services.payment_fail(payment=payment, actor=factories.staff(Role.FINANCE), failure="account closed")
    return refund


def standings(shop: Shop) -> dict[str, int]:
    """Bring a request into every standing; returns their keys."""

    def unshipped() -> Refund:
        return factories.make_refund(factories.make_order(shop))

    def only() -> Refund:
        return factories.make_refund(factories.make_order(shop, ship=True))

    def back() -> Refund:
        return factories.make_return(factories.make_order(shop, sign=True))

    with time_machine.travel(clock.now() - OLD, tick=True):
        old_unshipped, old_only, old_refused, old_back = unshipped(), only(), refuse(only()), back()
        old_waiting, old_sent, old_failed = agree(back()), send_back(back()), receive(send_back(back()), passed=False)
        old_plain = back()
    made = {
        "unshipped": unshipped(),
        "unshipped voided": void(unshipped()),
        "unshipped disputed": dispute(old_unshipped),
        "unshipped agreed": agree(void(unshipped())),
        "unshipped paid": factories.pay(agree(void(unshipped()))),
        "unshipped cancelled": cancel(unshipped()),
        "only": only(),
        "only refused": refuse(only()),
        "only agreed": agree(only()),
        "only failed payment": lose(agree(only())),
        "only paid": factories.pay(agree(only())),
        "only cancelled": cancel(only()),
        "only disputed": dispute(old_only),
        "only refused disputed": dispute(old_refused),
        "return": back(),
        "return old": old_plain,
        "return waiting": agree(back()),
        "return sent": send_back(back()),
        "return refused": refuse(back()),
        "return inspection failed": receive(send_back(back()), passed=False),
        "return received": receive(send_back(back()), passed=True),
        "return paid": factories.pay(receive(send_back(back()), passed=True)),
        "return disputed": dispute(old_back),
        "return waiting disputed": dispute(old_waiting),
        "return sent disputed": dispute(old_sent),
        "return inspection failed disputed": dispute(old_failed),
    }
    return {name: refund.pk for name, refund in made.items()}
