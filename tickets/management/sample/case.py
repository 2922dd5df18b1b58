"""One order and what comes of it: the words in which stories are written. Every word calls the product's services."""

import random
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aftersales.core import clock, transitions
from aftersales.core.auth import Actor
from logistics import services as logistics
from orders import services as orders
from orders.models import Order, OrderNote
from orders.models.orders import Flag
from orders.services import LineData, OrderData
from orders.states import OrderStatus
from refunds import services as refunds
from refunds.models import Refund, RefundPayment
from refunds.services import Ask, LineAsk
from refunds.states import Kind, PaymentStatus, Piece
from tickets import services as tickets

from . import bench, text
from .album import Album
from .cast import Cast, Stage
from .goods import PHONES, SHOES, TEA
from .people import SampleBuyer
from .timeline import Story

GROUPS = {TEA: "tea", SHOES: "shoes", PHONES: "phones"}
CHANNELS = ("balance", "quickpay_debit", "quickpay_debit", "quickpay_credit", "online_bank", "credit_card")
CARRIERS = (
    ("yuantong", "YT", 13),
    ("zhongtong", "75", 12),
    ("shunfeng", "SF1", 12),
    ("yunda", "43", 13),
    ("jtexpress", "JT", 13),
)


@dataclass
class Case:
    """An order of one buyer, in the making. `rng` is the case's own chance, so that one story does not move another."""

    cast: Cast
    stage: Stage
    buyer: SampleBuyer
    album: Album
    rng: random.Random
    agent: Actor
    number: int
    _order: Order | None = None
    _refund: Refund | None = None

    # What there is ---------------------------------------------------------------------------------------------------

    @property
    def order(self) -> Order:
        """The order."""
        assert self._order is not None
        return self._order

    @property
    def refund(self) -> Refund:
        """The request that was made last."""
        assert self._refund is not None
        return self._refund

    @property
    def group(self) -> str:
        """Which texts and pictures fit the shop."""
        return GROUPS[self.stage.sells.code]

    def of(self, table: dict[tuple[str, str], tuple[str, ...]], reason: str) -> tuple[str, ...]:
        """Look up what fits the reason in this shop."""
        return table.get((reason, self.group)) or table.get((reason, ""), ())

    # The order -------------------------------------------------------------------------------------------------------

    def buy(self, *lines: LineData, paid: bool = True, postage: bool = False, **more: object) -> None:
        """Let the shop's front-end register the order, paid just now."""
        sells, at = self.stage.sells, clock.now()
        lines = lines or self.choose()
        postage_fen = sells.postage_fen if postage or self.rng.random() < 0.35 else 0
        data = OrderData(
            order_no=f"41{self.rng.randrange(10**12):012d}{self.number:05d}",
            buyer_id=self.buyer.buyer_id,
            buyer_nick=self.buyer.nick,
            buyer_level=self.buyer.level,
            receiver=self.buyer.receiver,
            paid_fen=sum(line.due_fen for line in lines) + postage_fen,
            postage_fen=postage_fen,
            created_at=at - timedelta(minutes=self.rng.randint(1, 20)),
            paid_at=at - timedelta(seconds=self.rng.randint(5, 50)) if paid else None,
            payment_channel=self.rng.choice(CHANNELS),
            freight_insurance=self.rng.random() < 0.4,
            seller_memo=self.rng.choice(text.MEMOS),
            lines=tuple(lines),
            **more,  # type: ignore[arg-type]
        )
        self._order, _new = orders.order_register(shop=self.stage.shop, data=data, actor=self.stage.buyer)

    def choose(self, count: int = 0, *, quantity: int = 0, seven_day: bool = False) -> tuple[LineData, ...]:
        """Put goods into the cart: mostly one, sometimes two or three, sometimes with a gift."""
        sells, rng = self.stage.sells, self.rng
        offered = [goods for goods in sells.goods if goods.seven_day or not seven_day]
        weights = [3 if goods.hot else 1 for goods in offered]
        count = count or rng.choice([1, 1, 1, 2, 2, 3])
        cart = list(dict.fromkeys(rng.choices(offered, weights, k=count)))
        lines = [
            goods.line(
                position,
                rng.choice(goods.skus),
                quantity=quantity or (rng.choice([1, 1, 1, 2]) if goods.price_fen < 30000 else 1),
                discount_fen=rng.choice([0, 0, 500, 1000]) if goods.price_fen > 5000 else 0,
                serial=rng.randrange(10**7),
            )
            for position, goods in enumerate(cart, 1)
        ]
        if rng.random() < 0.2:
            lines.append(sells.gift.line(len(lines) + 1, sells.gift.skus[0], gift=True))
        return tuple(lines)

    def bundle(self) -> tuple[LineData, ...]:
        """Put the shop's bundle into the cart; its price is shared out by the list prices."""
        offer = self.stage.sells.bundle
        off = [offer.off_fen // 2, offer.off_fen - offer.off_fen // 2]
        return tuple(
            goods.line(position, goods.skus[0], discount_fen=less, bundle=offer.name)
            for position, (goods, less) in enumerate(zip(offer.goods, off, strict=True), 1)
        )

    def ship(self, *line_nos: str, consented: bool | None = None) -> None:
        """Let the warehouse hand goods to a carrier."""
        carrier, number = self.parcel()
        self._order = logistics.order_ship(
            order=self.order,
            actor=self.cast.warehouse,
            carrier=carrier,
            tracking_no=number,
            line_nos=line_nos,
            buyer_consented=consented,
        )

    def parcel(self) -> tuple[str, str]:
        """Make a carrier and a number of its format."""
        code, start, digits = self.rng.choice(CARRIERS)
        return code, f"{start}{self.rng.randrange(10**digits):0{digits}d}"

    def pay_order(self) -> None:
        """Let the platform tell that the order was paid after all."""
        at = clock.now()
        transitions.apply(orders.ORDER, self.order.pk, "pay", actor=self.stage.buyer, paid_at=at)

    def sign(self) -> None:
        """Let the platform tell that the buyer signed."""
        self._order = orders.order_sign(order=self.order, actor=self.stage.buyer, signed_at=clock.now())

    def confirm(self) -> None:
        """Let the buyer confirm receipt."""
        self._order = logistics.order_confirm_receipt(order=self.order, actor=self.stage.buyer)

    def note(self, words: str, flag: str = "", *, actor: Actor | None = None) -> OrderNote:
        """Put a note on the order."""
        return orders.note_add(order=self._fresh_order(), actor=actor or self.agent, text=words, flag=flag)

    # The request -----------------------------------------------------------------------------------------------------

    def apply(self, kind: str, reason: str, *, received: bool, part: float = 1, count: int = 0) -> None:
        """Let the buyer apply for the lines (the first `count`), for a `part` of their amount where that is allowed."""
        lines = [line for line in self.order.lines.all() if line.quantity_left and (line.left_fen or part == 1)]
        if received or self._fresh_order().status == OrderStatus.SELLER_CONSIGNED_PART:
            lines = [line for line in lines if line.shipped == received]
        asked = tuple(
            LineAsk(
                line.line_no,
                line.quantity_left,
                max(round(line.left_fen * part), 1) if part < 1 else None,
                self.stage.sells.other_sku(line.title, line.sku) if kind == Kind.EXCHANGE else "",
            )
            for line in lines[: count or len(lines)]
        )
        words = self.rng.choice(self.of(text.DESCRIPTIONS, reason))
        self._refund = refunds.refund_apply(
            order=self.order,
            ask=Ask(kind, "received" if received else "not_received", reason, asked, words),
            actor=self.stage.buyer,
            evidence_ids=self._pictures(self.stage.buyer, self.of(text.PICTURES, reason), "application"),
        )

    def modify(self, *, pictures: tuple[str, ...] = (), **changes: object) -> None:
        """Let the buyer change what he asks."""
        changes.setdefault("description", self.rng.choice(text.MODIFICATIONS))
        self._refund = refunds.refund_modify(
            refund=self.refund,
            actor=self.stage.buyer,
            changes=changes,
            evidence_ids=self._pictures(self.stage.buyer, pictures, "application"),
        )

    def cancel(self) -> None:
        """Let the buyer withdraw the request."""
        self._refund = refunds.refund_cancel(refund=self.refund, actor=self.stage.buyer)

    def say(self, words: str, *pictures: str) -> None:
        """Let the buyer write."""
        self._write(self.stage.buyer, words, pictures)

    def answer(self, words: str, *pictures: str) -> None:
        """Let the agent write."""
        self._write(self.agent, words, pictures)

    def talk(self) -> Story:
        """Let the two sides talk about the reason, minutes between the sentences."""
        for side, words in self.rng.choice(text.TALKS[self.refund.reason]):
            yield timedelta(minutes=self.rng.uniform(2, 9))
            (self.say if side == "b" else self.answer)(words)

    def take(self) -> None:
        """Let an agent take the request on."""
        user = self.cast.users["agent" if self.agent is self.cast.agents[0] else "agent2"]
        self._refund = tickets.refund_assign(refund=self.refund, actor=self.agent, assignee=user)

    def hand_over(self) -> None:
        """Let the supervisor give the request to somebody."""
        name = self.rng.choice(["agent", "agent2"])
        self._refund = tickets.refund_assign(
            refund=self.refund, actor=self.cast.supervisor, assignee=self.cast.users[name]
        )

    def tasks_done(self) -> None:
        """Let whoever it concerns tick the request's tasks off."""
        who = {"warehouse": self.cast.warehouse, "finance": self.cast.finance, "supervisor": self.cast.supervisor}
        for task in self.refund.tasks.filter(done_at=None):
            tickets.task_done(task=task, actor=who.get(task.role, self.agent))

    def agree(self, part: float = 1) -> None:
        """Let the agent agree, to a part of the amount where that was talked about."""
        amount = round(self.refund.amount_fen * part) if part < 1 else None
        note = self.rng.choice(text.AGREE_NOTES)
        self._refund = refunds.refund_agree(refund=self.refund, actor=self.agent, amount_fen=amount, note=note)

    def refuse(self, reason: str, *pictures: str) -> None:
        """Let the agent refuse with a reason of the list, its text and a picture."""
        self._refund = refunds.refund_refuse(
            refund=self.refund,
            actor=self.agent,
            reason=reason,
            message=self.rng.choice(text.REFUSALS[reason]),
            evidence_ids=self._pictures(self.agent, pictures or ("chat_screenshot",), "refusal"),
        )

    def turn_into_refund(self, note: str) -> None:
        """Let the agent give the money back, since there is nothing to send; the story goes on with the refund."""
        self._refund = refunds.exchange_to_refund(refund=self.refund, actor=self.agent, note=note)

    def void(self, result: str = "voided") -> None:
        """Let the warehouse answer the void list."""
        notes = text.VOID_NOTES if result == "voided" else text.SHIPPED_NOTES
        self._refund = logistics.void_answer(
            refund=self.refund, actor=self.cast.warehouse, result=result, note=self.rng.choice(notes)
        )

    def send_back(self, carrier: str = "", number: str = "") -> None:
        """Let the buyer tell how the goods come back."""
        made = self.parcel()
        self._refund = logistics.return_shipment_record(
            refund=self.refund, actor=self.stage.buyer, carrier=carrier or made[0], tracking_no=number or made[1]
        )

    def receive(self, *, passed: bool = True) -> None:
        """Let the warehouse open the parcel."""
        found = text.FOUND_GOOD if passed else text.FOUND_BAD
        kinds = (
            () if passed else ({"tea": "dented_tin", "shoes": "scuffed_shoe", "phones": "cracked_phone"}[self.group],)
        )
        self._refund = refunds.refund_receive(
            refund=self.refund,
            actor=self.cast.warehouse,
            passed=passed,
            findings=self.rng.choice(found),
            evidence_ids=self._pictures(self.cast.warehouse, kinds, "inspection"),
            found=bench.found(self.refund, self.group, passed=passed),
        )

    # The money and the platform ---------------------------------------------------------------------------------------

    def payment(self) -> RefundPayment:
        """Give the request's payment."""
        payment: RefundPayment = RefundPayment.objects.get(refund=self.refund)
        return payment

    def pay(self) -> None:
        """Let finance pay and write down the reference; what had failed goes another way, as the buyer confirms."""
        reference = f"{clock.shanghai_day(clock.now()):%Y%m%d}2200{self.rng.randrange(10**12):012d}"
        payment, finance = self.payment(), self.cast.finance
        failed = payment.status == PaymentStatus.FAILED
        refunds.payment_confirm(
            payment=payment,
            actor=finance,
            reference=reference,
            evidence_ids=self._pictures(finance, ("chat_screenshot",), "receipt") if failed else (),
            buyer_confirmed=failed,
        )
        self._refund = Refund.objects.get(pk=self.refund.pk)

    def ask_for_money(self) -> None:
        """Let the buyer say that his refund is not there, and the agent have it followed up."""
        self.say(text.NOT_THERE)
        refund = Refund.objects.select_related("order").get(pk=self.refund.pk)
        refunds.arrival_follow_up(refund=refund, actor=self.agent, note="")

    def fail_payment(self) -> None:
        """Let finance note that the payment came back."""
        failure = self.rng.choice(text.PAYMENT_FAILURES)
        refunds.payment_fail(payment=self.payment(), actor=self.cast.finance, failure=failure)

    def lose_payment(self) -> None:
        """Let the provider not answer."""
        system = Actor.system("payments")
        transitions.apply(refunds.PAYMENT, self.payment().pk, "lose_track", actor=system)

    def intervene(self) -> None:
        """Let the buyer ask the platform to step in."""
        self._refund = refunds.refund_intervene(
            refund=self.refund,
            actor=self.stage.buyer,
            text=self.rng.choice(text.INTERVENTIONS),
            evidence_ids=self._pictures(self.stage.buyer, ("chat_screenshot",), "dispute"),
        )

    def defend(self) -> None:
        """Let the agent send the shop's evidence."""
        slip, chat = self._pictures(self.agent, ("courier_label", "chat_screenshot"), "dispute")
        words = self.rng.choice(text.DEFENCES)
        give = partial(refunds.dispute_add_evidence, refund=self.refund, actor=self.agent)
        give(text=words, evidence_ids=[slip], shows=Piece.SHIPPING_SLIP)
        give(text="", evidence_ids=[chat], shows=Piece.CHAT)

    def decide(self, outcome: str, part: float = 1) -> None:
        """Let the platform decide."""
        amount = round(self.refund.amount_fen * part) if outcome == "partial" else None
        self._refund = refunds.refund_decide(
            refund=self.refund,
            actor=self.cast.platform,
            outcome=outcome,
            text=text.DECISIONS[outcome],
            amount_fen=amount,
        )

    def settle(self, part: float | None = None) -> None:
        """Let the two sides agree: on a sum, or on going on without the platform."""
        amount = None if part is None else round(self.refund.amount_fen * part)
        words = text.SETTLEMENTS[0 if part else 1]
        actor = self.agent if part else self.stage.buyer
        self._refund = refunds.refund_settle(refund=self.refund, actor=actor, amount_fen=amount, text=words)

    def owe(self) -> OrderNote:
        """Put a yellow flag on the order: something is owed to this buyer."""
        return self.note(self.rng.choice(text.DEBTS), Flag.YELLOW)

    # ------------------------------------------------------------------------------------------------------------------

    def _write(self, actor: Actor, words: str, pictures: tuple[str, ...]) -> None:
        sent = self._pictures(actor, pictures, "message")
        refunds.message_write(refund=self.refund, actor=actor, text=words, evidence_ids=sent)

    def _pictures(self, actor: Actor, kinds: tuple[str, ...], purpose: str) -> list[str]:
        return self.album.send(kinds, actor=actor, shop=self.stage.shop, purpose=purpose)

    def _fresh_order(self) -> Order:
        order: Order = Order.objects.select_related("shop").get(pk=self.order.pk)
        return order
