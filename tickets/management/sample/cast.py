"""Who plays in the sample data: shops with their front-ends, members of staff, and the preset ways in.

The passwords and tokens made here are known to everybody. They are made in demo mode only.
"""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from aftersales.core.auth import Actor, client_create, token_create
from aftersales.core.models import ApiClient, Role, Scope, Shop, User

from .goods import PHONES, SHOPS, TEA, SampleShop
from .people import STAFF

PASSWORD = "demo"  # noqa: S105 - that is the point of it
SHOP_TOKENS = {TEA: "demo-shop", PHONES: "demo-other-shop"}
SCOPES = (
    Scope.ORDERS_WRITE,
    Scope.REFUNDS_READ,
    Scope.REFUNDS_WRITE,
    Scope.EVIDENCE_WRITE,
    Scope.WEBHOOKS_WRITE,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A shop with its goods and the front-end that speaks for its buyers."""

    shop: Shop
    sells: SampleShop
    buyer: Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts, by role."""

    stages: tuple[Stage, ...]
    users: dict[str, User]
    agents: tuple[Actor, Actor]
    warehouse: Actor
    finance: Actor
    supervisor: Actor
    platform: Actor


def assemble() -> Cast:
    """Make the shops, the staff and the API clients with their preset tokens."""
    users = _users()
    actors = {name: Actor.for_user(user) for name, user in users.items()}
    for name, user in users.items():
        client = client_create(name=f"demo-staff-{name}", acts_as=user)
        token_create(client=client, plain=f"demo-staff-{name}")
    return Cast(
        stages=tuple(_stage(sells) for sells in SHOPS),
        users=users,
        agents=(actors["agent"], actors["agent2"]),
        warehouse=actors["warehouse"],
        finance=actors["finance"],
        supervisor=actors["supervisor"],
        platform=Actor.platform("平台小二"),
    )


def _users() -> dict[str, User]:
    """Make one user for each role, and a second agent; one hash serves them all, for hashing is slow by design."""
    password = make_password(PASSWORD)
    made = {}
    for name, shown, role in STAFF:
        admin = role == Role.ADMIN
        made[name] = User.objects.create(
            username=name, display_name=shown, role=role, password=password, is_staff=admin, is_superuser=admin
        )
    return made


def _stage(sells: SampleShop) -> Stage:
    shop = Shop.objects.create(code=sells.code, name=sells.name, return_address=sells.address)
    client: ApiClient = client_create(name=f"{sells.name} 店铺前台", shop=shop, scopes=SCOPES)
    if sells.code in SHOP_TOKENS:
        token_create(client=client, plain=SHOP_TOKENS[sells.code])
    return Stage(shop, sells, Actor.for_client(client))
