"""Any number of requests: some dozen cases are played through the services, and SQL multiplies them.

Every row that a case left in any table is copied with its keys moved by a stride, so that copies hang together as
their originals do, and its due times by some seconds, so that no two copies are due at the same moment.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.models import F, Max

from aftersales.core import auth, clock
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role, Scope, Shop, User
from logistics.models import Parcel, ParcelScan
from orders.models import Buyer, Order, OrderLine
from refunds import services as refunds
from refunds.models import Message, Refund, RefundLine, RefundPayment, RefundVersion, ReturnShipment
from tests import factories

STRIDE = 10_000
"""More than the rows that the cases leave in any one table."""
SPREAD = timedelta(days=3)
"""Over which due times of the copies are laid, so that requests of all kinds are due in turn."""
OPEN_SHARE = 0.3
NUMBERED = {"order_no", "buyer_id", "nick", "refund_no", "payment_no", "tracking_no"}
AGENTS = 8
TABLES: tuple[type[models.Model], ...] = (
    *(Buyer, Order, OrderLine, Refund, RefundLine, RefundVersion, Message, ReturnShipment, RefundPayment),
    *(Parcel, ParcelScan, LogEntry, Deadline, OutboxEvent),
)
AGENT, SHOP_TOKEN, STAFF_TOKEN = "bench-agent", "bench-shop", "bench-staff"


class Stage:
    """The shops and people of the cases."""

    def __init__(self) -> None:
        self.shops = [factories.make_shop(f"bench{number}") for number in (1, 2, 3)]
        scopes = [Scope.ORDERS_WRITE, Scope.REFUNDS_READ, Scope.REFUNDS_WRITE, Scope.EVIDENCE_WRITE]
        clients = [auth.client_create(name=f"bench {shop.code}", shop=shop, scopes=scopes) for shop in self.shops]
        self.buyers = {client.shop_id: Actor.for_client(client) for client in clients}
        names = [AGENT, *(f"{AGENT}-{number}" for number in range(2, AGENTS + 1))]
        self.agents = [User.objects.create(username=name, role=Role.AGENT) for name in names]
        self.agent = Actor.for_user(self.agents[0])
        self.supervisor = factories.staff(Role.SUPERVISOR)
        auth.token_create(client=clients[0], plain=SHOP_TOKEN)
        staff = auth.client_create(name="bench staff", acts_as=self.agents[0])
        auth.token_create(client=staff, plain=STAFF_TOKEN)

    def refuse(self, refund: Refund) -> None:
        """Refuse, with a picture."""
        picture = factories.make_evidence(refund.shop, actor=self.agent)
        refunds.refund_refuse(
            refund=refund,
            actor=self.agent,
            reason="not_fit_for_resale",
            message="吊牌已剪,影响二次销售",
            evidence_ids=[picture],
        )

    def send_back(self, refund: Refund) -> None:
        """Agree to a return and let the goods go back."""
        refunds.refund_agree(refund=refund, actor=self.agent)
        refunds.refund_return_shipment(
            refund=refund, actor=self.buyers[refund.shop_id], carrier="yuantong", tracking_no=f"YT9{refund.pk:012d}"
        )

    def cancel(self, refund: Refund) -> None:
        """Let the buyer withdraw."""
        refunds.refund_cancel(refund=refund, actor=self.buyers[refund.shop_id])

    def agree(self, refund: Refund) -> None:
        """Agree to a return."""
        refunds.refund_agree(refund=refund, actor=self.agent)

    def receive(self, refund: Refund) -> None:
        """Take the goods back, so that the money is promised."""
        self.send_back(refund)
        refunds.refund_receive(refund=refund, actor=self.supervisor, passed=True)

    def pay(self, refund: Refund) -> None:
        """Go the whole way."""
        self.receive(refund)
        factories.pay(refund)


def nothing(refund: Refund) -> None:
    """Leave the request to the clock."""


def ended_cases(stage: Stage) -> list[tuple[str, Callable[[Refund], None]]]:
    """Give what ended requests were and what came of them."""
    return [
        *[("return_refund", stage.pay)] * 10,
        *[("refund_only", stage.cancel)] * 4,
        *[("return_refund", stage.cancel)] * 4,
    ]


def open_cases(stage: Stage) -> list[tuple[str, Callable[[Refund], None]]]:
    """Give what open requests are and what came of them so far; 12 of 22 wait for the seller's answer."""
    return [
        *[("refund_only", nothing), ("return_refund", nothing)] * 6,
        *[("return_refund", stage.agree)] * 3,
        *[("return_refund", stage.send_back)] * 2,
        *[("return_refund", stage.refuse)] * 2,
        *[("return_refund", stage.receive)] * 3,
    ]


def fill(requests: int) -> None:
    """Fill an empty database with shops, people and about that many requests, with all that belongs to them."""
    call_command("fill_calendar", verbosity=0)
    with transaction.atomic():
        stage = Stage()
        ended, still_open = ended_cases(stage), open_cases(stage)
        tell(stage, ended)
        last = {model: model._base_manager.aggregate(last=Max("pk"))["last"] for model in TABLES}
        tell(stage, still_open)
        OutboxEvent.objects.filter(delivered_at=None).update(delivered_at=F("created_at"), next_try_at=None)
    copies = [
        max(round(requests * share / len(played)) - 1, 0)
        for share, played in ((1 - OPEN_SHARE, ended), (OPEN_SHARE, still_open))
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(*multiplying(model, last[model] or 0, *copies))
            table = model._meta.db_table
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    refunds.tallies_sum_up()
    vacuum()


def vacuum() -> None:
    """Bring the planner's figures up to date, as autovacuum would in time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def tell(stage: Stage, played: list[tuple[str, Callable[[Refund], None]]]) -> None:
    """Play the cases, some minutes apart, the last one just now."""
    for number, (kind, story) in enumerate(played):
        with clock.at(clock.now() - timedelta(minutes=7 * (len(played) - number))):
            play(stage, stage.shops[number % 3], number, kind, story)


def play(stage: Stage, shop: Shop, number: int, kind: str, story: Callable[[Refund], None]) -> None:
    """Play one case from the order on."""
    order = factories.make_order(shop, sign=kind == "return_refund", buyer_nick=f"茶友{number:02d}号")
    ask = factories.ask(kind=kind)
    refund = refunds.refund_apply(order=order, ask=ask, actor=stage.buyers[shop.pk])
    if number % 2:
        Refund.objects.filter(pk=refund.pk).update(assignee=stage.agents[number // 2 % AGENTS])
    story(refund)


def multiplying(model: type[models.Model], last: int, ended: int, still_open: int) -> tuple[str, list[Any]]:
    """Give the statement that copies every row of a table: those up to the `last` key `ended` times, others less."""
    targets, sources = [], []
    for field in model._meta.concrete_fields:
        if field.generated:
            continue
        column = connection.ops.quote_name(field.column or "")
        targets.append(column)
        related = field.remote_field.model if field.remote_field else None
        if field.primary_key or field.name == "subject_id" or related in TABLES:
            sources.append(f"{column} + k * {STRIDE}")
        elif field.name in NUMBERED:
            sources.append(f"{column} || 'x' || k")
        elif field.name == "receiver_phone_tail":
            sources.append("lpad((k %% 10000)::text, 4, '0')")
        elif field.name == "due_at":
            sources.append(f"{column} + k * interval '{SPREAD.total_seconds() / max(still_open, 1)} seconds'")
        else:
            sources.append(column)
    table = model._meta.db_table
    return (
        f"WITH originals AS MATERIALIZED (SELECT * FROM {table})"
        f" INSERT INTO {table} ({', '.join(targets)}) SELECT {', '.join(sources)} FROM generate_series(1, %s) k"
        " CROSS JOIN LATERAL (SELECT * FROM originals"
        " WHERE CASE WHEN id <= %s THEN k <= %s ELSE k <= %s END OFFSET 0) original",
        [max(ended, still_open), last, ended, still_open],
    )
