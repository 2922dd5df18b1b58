"""Filling a database: sellers from its shops and people, batches of orders, each committed by itself, then ANALYZE."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from django.db import connection, models, transaction

from aftersales.core import clock, errors
from aftersales.core.bulk import allocate
from aftersales.core.models import ApiClient, Role, Shop, User
from orders.models import Buyer, Order, OrderLine
from refunds import services as refunds
from refunds.models import Refund, RefundPayment
from tickets.management.sample.goods import SHOPS
from tickets.management.sample.people import buyers

from .book import Book, Seller
from .fates import Teller
from .sheets import Sheet
from .walks import Who

BATCH = 10_000
DAYS = 400
ORDERS_A_BUYER = 4
SEED = 1688


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written, and how fast."""

    orders: int
    rows: int
    seconds: float

    @property
    def rows_a_second(self) -> int:
        """Rows of all tables in a second, ANALYZE included."""
        return round(self.rows / self.seconds)


def fill(*, orders: int, due: int = 0, progress: Callable[[int], None] | None = None) -> Filled:
    """Write `orders` orders, of which `due` have a request whose deadline has just passed.

    Batches of ten thousand, each in its own transaction with all triggers and constraints. No news is written: nobody
    is told of what never happened. Raises: Conflict without a shop or without an agent.
    """
    started = perf_counter()
    sellers = _sellers(max(orders // ORDERS_A_BUYER, 10))
    rows = sum(len(seller.buyers) for seller in sellers)
    weights = [next((one.share for one in SHOPS if one.name == shop.name), 10) for shop in _shops()]
    done = 0
    while done < orders:
        count = min(BATCH, orders - done)
        rng = random.Random(SEED + done)  # noqa: S311
        with transaction.atomic():
            rows += _batch(sellers, weights, rng, count, min(max(due - done, 0), count))
        done += count
        if progress is not None:
            progress(done)
    refunds.tallies_sum_up()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Filled(orders, rows, perf_counter() - started)


def _batch(sellers: list[Seller], weights: list[int], rng: random.Random, count: int, due: int) -> int:
    book = Book(clock.now().replace(microsecond=0))
    teller = Teller(
        book,
        rng,
        days=DAYS,
        line_pks=_keys(OrderLine),
        refund_pks=_keys(Refund),
        refund_nos=_keys(Refund, "refunds_refund_no"),
        payment_pks=_keys(RefundPayment),
        payment_nos=_keys(RefundPayment, "refunds_payment_no"),
    )
    chosen = rng.choices(sellers, weights, k=count)
    for position, (seller, pk) in enumerate(zip(chosen, allocate(Order, count), strict=True)):
        (teller.tell_due if position < due else teller.tell)(seller, pk)
    return book.send()


def _keys(model: type[models.Model], sequence: str | None = None) -> Iterator[int]:
    """Give keys of the table's sequence, a thousand at a time; what is left over is lost."""
    while True:
        yield from allocate(model, 1000, sequence=sequence)


def _shops() -> list[Shop]:
    return list(Shop.objects.order_by("pk"))


def _sellers(buyer_count: int) -> list[Seller]:
    shops = _shops()
    users = {role: list(User.objects.filter(role=role, is_active=True).order_by("pk")) for role in Role.values}
    if not shops or not all(users[role] for role in (Role.AGENT, Role.WAREHOUSE, Role.FINANCE)):
        raise errors.Conflict("There must be a shop, an agent, a warehouse and a finance user first.")
    made = []
    for shop in shops:
        sells = next((one for one in SHOPS if one.code == shop.code), SHOPS[0])
        client = ApiClient.objects.filter(shop=shop).order_by("pk").first()
        front: Who = ("buyer", client.pk if client else None, (client.name if client else shop.name)[:60])
        made.append(
            Seller(
                shop_id=shop.pk,
                address=shop.return_address or sells.address,
                group={"demo": "tea", "shoes": "shoes"}.get(sells.code, "phones"),
                goods=sells.goods,
                buyers=_buyers(shop, max(buyer_count // len(shops), 4)),
                front=front,
                agents=[_who(user) for user in users[Role.AGENT]],
                agent_ids=[user.pk for user in users[Role.AGENT]],
                warehouse=_who(users[Role.WAREHOUSE][0]),
                finance=_who(users[Role.FINANCE][0]),
            )
        )
    return made


def _who(user: User) -> Who:
    return ("staff", user.pk, str(user)[:60])


def _buyers(shop: Shop, count: int) -> list[int]:
    nicks = [buyer.nick for buyer in buyers(random.Random(SEED))]  # noqa: S311
    sheet = Sheet(Buyer, "id shop_id buyer_id nick level")
    keys = allocate(Buyer, count)
    for key in keys:
        level = ("", "VIP1", "VIP2")[key % 3]
        sheet.add(key, shop.pk, f"m-{key}", f"{nicks[key % len(nicks)]}{key % 1000:03d}", level)
    with transaction.atomic():
        sheet.send()
    return keys
