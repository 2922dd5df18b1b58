"""What an agent does about a parcel that a buyer asks for: noted, handed on and promised in one go (LOG-2 to LOG-5).

Each function is one dialog's decision: the note on the order says what was found and what the buyer was told, a task
makes sure that somebody follows it up. What the data say is worked out in `logistics.selectors.enquiries`.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.core import errors, money, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics import selectors as logistics
from logistics import services as parcels
from logistics.models import Parcel
from logistics.selectors.enquiries import Candidate, Cause, WayOut
from orders import services as orders
from orders.models import Order
from orders.states import OrderStatus
from tickets.models import TaskKind

from .desk import order_tasks_settle, task_raise

A_DAY = timedelta(hours=24)


def untracked_answer(
    *, order: Order, parcel: Parcel, actor: Actor, cause: Cause, answer: str, right: Candidate | None = None
) -> None:
    """Note why nothing is shown of a parcel and what the buyer was told, and see to it (LOG-2).

    A wrong number is put right at once; the warehouse is asked whether the carrier has it, or the carrier where it is.
    Locks: the order, then the parcel. Emits: what correcting a parcel does. Raises: Invalid without the right number.
    """
    with transaction.atomic(savepoint=False):
        if cause == Cause.WRONG_NUMBER:
            if right is None:
                said = _("Enter the right carrier and number.")
                raise errors.Invalid(errors=[errors.FieldError("tracking_no", "required", said)])
            parcels.parcel_correct(
                parcel=parcel, actor=actor, carrier=right.carrier.code, tracking_no=right.tracking_no
            )
        elif cause == Cause.NOT_HANDED_OVER:
            _hand_on(order, TaskKind.CHECK_HANDOVER, Role.WAREHOUSE, A_DAY, _called(parcel))
        elif cause == Cause.CARRIER_SILENT:
            _hand_on(order, TaskKind.ASK_CARRIER, Role.AGENT, A_DAY, _called(parcel))
        words = {
            Cause.OWN_SITE: _("it is tracked on the carrier's own site only"),
            Cause.WRONG_NUMBER: _("the number was wrong"),
            Cause.NOT_HANDED_OVER: _("it is not handed over yet"),
            Cause.CARRIER_SILENT: _("the carrier is asked"),
        }
        _note(order, actor, _("No tracking information: %(why)s") % {"why": words[cause]}, _called(parcel), answer)


def undeliverable_ask(*, order: Order, parcel: Parcel, actor: Actor, answer: str) -> None:
    """Ask carrier and warehouse about a parcel that cannot be delivered, before anything is decided (LOG-3)."""
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        _hand_on(order, TaskKind.ASK_CARRIER, Role.AGENT, A_DAY, _called(parcel))
        _hand_on(order, TaskKind.ASK_WAREHOUSE, Role.WAREHOUSE, A_DAY, _called(parcel))
        _note(order, actor, _("Undeliverable: carrier and warehouse are asked"), _called(parcel), answer)


def undeliverable_settle(
    *, order: Order, parcel: Parcel, actor: Actor, way: WayOut, days: int, cost_fen: int, answer: str
) -> None:
    """Write down which way an undeliverable parcel goes, and give the buyer the time that it takes (LOG-3, ORD-6).

    What carrier and warehouse were asked is answered by it. Locks: the order. Emits: order.receipt_extended where the
    receiving period runs. Cost in fen.
    """
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        asked = (TaskKind.ASK_CARRIER, TaskKind.ASK_WAREHOUSE)
        order_tasks_settle(order_id=order.pk, kinds=asked, by=actor.name, detail=_called(parcel))
        called = _called(parcel)
        if way == WayOut.TRANSFER:
            text = _("Undeliverable: the carrier hands it to the post")
            _hand_on(order, TaskKind.FOLLOW_TRANSFER, Role.AGENT, timedelta(days=max(days, 1)), called)
        elif way == WayOut.RESHIP:
            text = _("Undeliverable: it comes back and goes again by post")
            _hand_on(order, TaskKind.RESEND_BY_POST, Role.WAREHOUSE, timedelta(days=max(days, 1)), called)
        else:
            text = _("Undeliverable: it is called back, the buyer gets the money back")
            _recall(order, parcel, actor, text)
        _note(order, actor, f"{text} (¥{money.yuan(cost_fen)})", called, answer)
        if way != WayOut.GIVE_UP and days and order.status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS:
            most = policies.number("order.extension_days_max", shop_id=order.shop_id)
            orders.order_extend_receipt(order=order, actor=actor, days=min(days, most))


def faster_ship(*, order: Order, actor: Actor, carrier: str, surcharge_fen: int, paid_by: str, answer: str) -> None:
    """Have the warehouse send an order with the faster carrier that the buyer asked for (LOG-4). Surcharge in fen.

    Locks: the order. Raises: Conflict when everything has left already.
    """
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([order.pk], False)
        if not orders.lines_to_ship(order).exists():
            raise errors.Conflict(_("Everything of this order has been shipped."), rule="LOG-4")
        detail = f"{carrier} +¥{money.yuan(surcharge_fen)}"
        _hand_on(order, TaskKind.SHIP_FASTER, Role.WAREHOUSE, A_DAY, detail)
        _note(order, actor, _("Ship with a faster carrier"), f"{detail} {paid_by}".strip(), answer)


def parcel_recall(*, order: Order, parcel: Parcel, actor: Actor, reason: str, answer: str) -> None:
    """Have the carrier bring a parcel back, and follow it until it is here (LOG-5).

    Locks: order and parcel. Emits: parcel.recalled. Raises: TransitionNotAllowed once it is signed for or called back.
    """
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        said = _("Called back: %(reason)s") % {"reason": reason}
        _recall(order, parcel, actor, said)
        _note(order, actor, said, _called(parcel), answer)


def receipt_denied(*, order: Order, parcel: Parcel, actor: Actor, said: str, answer: str) -> None:
    """Note that the buyer has not got what was signed for; the parcel then needs someone (LOG-6).

    The carrier is asked for the proof. Locks: order and parcel. Emits: parcel.denied, parcel.needs_someone.
    Raises: TransitionNotAllowed unless it was signed for.
    """
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        parcels.parcel_deny(parcel=parcel, actor=actor, note=said)
        _hand_on(order, TaskKind.ASK_CARRIER, Role.AGENT, A_DAY, _called(parcel))
        text = _("Signed for, the buyer denies it: %(said)s") % {"said": said.strip()}
        _note(order, actor, text, _called(parcel), answer)


def parcel_lost(*, order: Order, parcel: Parcel, actor: Actor, said: str, answer: str) -> None:
    """Give a parcel up as lost; a lost replacement is to be sent again in the same step (LOG-6, CLM-3).

    Locks: order, of a replacement its request, and parcel. Emits: parcel.lost, refund.replacement_lost.
    Raises: TransitionNotAllowed once it is signed for and not denied, or back.
    """
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        parcels.parcel_confirm_lost(parcel=parcel, actor=actor, note=said)
        text = _("Lost: %(said)s") % {"said": said.strip()}
        _note(order, actor, text, _called(parcel), answer)


def _recall(order: Order, parcel: Parcel, actor: Actor, said: str) -> None:
    parcels.parcel_recall(parcel=parcel, actor=actor, note=said)
    within = policies.duration("parcel.follow_recall", shop_id=order.shop_id)
    _hand_on(order, TaskKind.FOLLOW_RECALL, Role.AGENT, within, _called(parcel))


def recall_over(*, parcel: Parcel) -> int:
    """Tick off the following of a parcel that was called back and is here again (LOG-5); return how many."""
    by = Actor.system("tracking").name
    return order_tasks_settle(order_id=parcel.order_id, kinds=(TaskKind.FOLLOW_RECALL,), by=by, detail=_called(parcel))


def _called(parcel: Parcel) -> str:
    return f"{logistics.carrier_name(parcel.carrier)} {parcel.tracking_no}".strip()


def _note(order: Order, actor: Actor, text: str, about: str, answer: str) -> None:
    told = _("Told the buyer: %(answer)s") % {"answer": answer.strip()} if answer.strip() else ""
    orders.note_add(order=order, actor=actor, text="\n".join(filter(None, [f"{text} · {about}", told])))


def _hand_on(order: Order, kind: str, role: str, within: timedelta, detail: str) -> None:
    """Raise the task; a colleague's open one about another parcel of the order is not silently taken for it."""
    task = task_raise(order=order, kind=kind, role=role, within=within, detail=detail)
    if task.detail != detail[:200]:
        raise errors.Conflict(
            _("This order has an open task of this kind already (%(detail)s): finish that one first.")
            % {"detail": task.detail}
        )
