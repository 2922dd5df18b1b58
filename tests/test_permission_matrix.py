"""Every route × method × caller × own, foreign or missing object, against `tests.permission_table`."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from aftersales.core.api.base import ApiView
from aftersales.core.api.permissions import HANDLERS
from aftersales.core.models import Shop
from aftersales.core.webhooks import endpoints
from logistics import services as logistics
from orders.api.examples import ORDER
from refunds import services
from refunds.models import RefundPayment
from tests import factories
from tests.core import upload_samples
from tests.page_table import PAGE_TABLE
from tests.permission_table import CALLERS, FOR_VISITORS, ROUTES, TARGETS, TREES, Api, Public
from tests.rest import Caller, nobody, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

REFUSALS = {401, 403, 404}
SAMPLES = {"int": "1", "uuid": "5e9f8a52-0c1b-4d1e-9a53-7d8e8f1b2c3d"}


def routes() -> dict[str, Callable[..., Any]]:
    """Every route of the project, with its view."""

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if route in TREES:
                continue
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route, pattern.callback

    return dict(walk(get_resolver().url_patterns, ""))


def methods(view: Any) -> set[str]:
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is None or not issubclass(cls, ApiView):
        return {"GET"}
    return {name.upper() for name in HANDLERS if hasattr(cls, name)}


def undeclared(known: dict[str, Any]) -> list[str]:
    found = [
        f"{method} {route}" for route, view in routes().items() if route not in PAGE_TABLE for method in methods(view)
    ]
    return sorted(one for one in found if one.split(" ", 1)[0] not in known.get(one.split(" ", 1)[1], {}))


def test_every_route_and_method_is_declared() -> None:
    assert undeclared(ROUTES) == []


def test_a_route_that_is_not_declared_is_found() -> None:
    without = {route: by_method for route, by_method in ROUTES.items() if route != "api/v1/payments"}
    assert set(undeclared(without)) - set(undeclared(ROUTES)) == {"GET api/v1/payments"}


def test_nothing_is_declared_that_does_not_exist() -> None:
    assert sorted(set(ROUTES) - set(routes())) == []


class World:
    """Two shops with an order, a request, a payment and a file each, and everybody who may ask."""

    def __init__(self) -> None:
        self.shops = {"own": factories.make_shop("own"), "foreign": factories.make_shop("foreign")}
        self.names = {target: self._fill(shop) for target, shop in self.shops.items()}
        self.names["missing"] = {
            "order": "A404",
            "refund": "RF404",
            "payment": "RP404",
            "evidence": "ev_404",
            "payout": "PO404",
            "list": "VL404",
            "listed": "RF404",
            "shop": "nowhere",
            "claim": "CL404",
            "request": "IV404",
            "complaint": "CP404",
            "case": "FB404",
            "survey": "SV404",
            "sheet": "SR404",
            "file": "SF404",
            "unclaimed": "UP404",
            "ticket": "TK404",
            "difference": "0",
            "webhook": "0",
            "delivery": "0",
        }

    def _fill(self, shop: Shop) -> dict[str, str]:
        paid = factories.make_refund(factories.make_order(shop))
        services.refund_void(refund=paid, actor=factories.staff())
        services.refund_agree(refund=paid, actor=factories.staff())
        sent = services.payment_send(payment=RefundPayment.objects.get(refund=paid))
        order = factories.make_order(shop, sign=True)
        refund = factories.make_return(order)
        photo = SimpleUploadedFile("photo.jpg", upload_samples.jpeg())
        file = services.evidence_store(actor=factories.buyer(shop), file=photo, purpose="application", shop=shop)
        services.evidence_attach(refund=refund, evidence_ids=[file.evidence_id], actor=factories.buyer(shop))
        services.proposal_make(refund=refund, actor=factories.staff(), kind="cancel")
        hook = factories.make_webhook(shop)
        listed = factories.make_void_list(shop)
        sheet = factories.make_sheet(order)
        return {
            "webhook": str(hook.pk),
            "delivery": str(endpoints.endpoint_ping(endpoint=hook, actor=factories.buyer(shop)).pk),
            "order": order.order_no,
            "refund": refund.refund_no,
            "payment": sent.payment_no,
            "difference": str(factories.make_difference(order).pk),
            "evidence": file.evidence_id,
            "payout": factories.make_payout(order).payout_no,
            "list": listed.list_no,
            "listed": listed.lines.get().refund.refund_no,
            "shop": shop.code,
            "claim": factories.make_claim(order).claim_no,
            "request": factories.make_invoice(order).request_no,
            "complaint": factories.make_complaint(order).complaint_no,
            "case": factories.make_feedback(order).case_no,
            "survey": factories.make_survey(order).survey_no,
            "sheet": sheet.sheet_no,
            "file": sheet.file.file_no,
            "unclaimed": logistics.unclaimed_record(
                shop=shop, actor=factories.staff(), contents="x", shelf="x"
            ).parcel_no,
            "ticket": factories.make_ticket(order).ticket_no,
        }

    def caller(self, name: str) -> Caller:
        if name == "anonymous":
            return nobody()
        if name in {"shop", "other_shop"}:
            return shop_caller(self.shops["own" if name == "shop" else "foreign"])
        return staff_caller(name, self.shops["own"])

    def address(self, route: str, target: str) -> str:
        names = self.names[target]
        named = re.sub(r"<\w+:(\w+)_(?:no|id)>", lambda found: names[found[1]], route)
        return "/" + named.replace("<int:number>", "1")

    def body(self, rule: Api, target: str) -> dict[str, Any]:
        if rule.target == "order-put":
            shop = {"own": "own", "foreign": "foreign", "missing": "nowhere"}[target]
            return copy.deepcopy(ORDER) | {"shop": shop}
        if rule.target == "refund-new":
            lines = [{"line_no": "1", "quantity": 1}]
            return {
                "order_no": self.names[target]["order"],
                "kind": "refund_only",
                "goods_status": "received",
                "reason": "quality",
                "lines": lines,
            }
        if rule.target == "payout-new":
            payee = {"account": "13800001234", "name": "李雷"}
            order_no = self.names[target]["order"]
            return {"order_no": order_no, "purpose": "goodwill", "amount_fen": 500, "payee": payee}
        if rule.target == "invoice-new":
            return {"order_no": self.names[target]["order"], "title": "x", "amount_fen": 1}
        if rule.target == "sheet-new":
            return {"order_no": self.names[target]["order"], "line_no": "1", "text": "x"}
        if rule.target == "complaint-new":
            about = {"source": "other", "problem": "other", "text": "x"}
            return {"order_no": self.names[target]["order"], **about}
        if rule.target == "claim-new":
            lines = [{"line_no": "1", "quantity": 1}]
            return {"order_no": self.names[target]["order"], "cause": "lost", "lines": lines}
        if rule.target == "ticket-new":
            order_no = self.names[target]["order"]
            return {"order_no": order_no, "kind": "other", "title": "x", "next_step": "y"}
        return rule.body


NEW = {"order-put", "refund-new", "payout-new", "claim-new", "ticket-new", "invoice-new", "complaint-new", "sheet-new"}
"""Targets that the body names, not the address."""


def verdict(rule: Api, caller: str, target: str) -> str:
    """Say what the table expects: "401", "403", "404" or "through"."""
    if caller == "anonymous":
        return "401"
    role = "shop" if caller == "other_shop" else caller
    if role not in rule.scope or role not in rule.sees:
        return "403"
    mine = "foreign" if caller == "other_shop" else "own"
    if rule.target and target != mine:
        return "404"
    return "through" if role in rule.may else "403"


def seen(status: int) -> str:
    assert status < 500
    return str(status) if status in REFUSALS else "through"


API = [(route, method) for route, rules in ROUTES.items() for method in rules if isinstance(rules[method], Api)]
OPEN = [(route, method) for route, rules in ROUTES.items() for method in rules if isinstance(rules[method], Public)]


def tried(route: str, method: str, rule: Api) -> tuple[dict[Any, str], dict[Any, str]]:
    """Ask as everybody for everything; give what came and what the rule expects."""
    world = World()
    got, wanted = {}, {}
    for name in CALLERS:
        caller = world.caller(name)
        for target in TARGETS if rule.target else ("own",):
            before = transaction.savepoint()
            headers = {"HTTP_IDEMPOTENCY_KEY": f"{name}-{target}"} if method == "POST" else {}
            answer = caller.client.generic(
                method,
                world.address(route, "own" if rule.target in NEW else target),
                caller.client._encode_data(world.body(rule, target), "json")[0] if method != "GET" else "",
                content_type="application/json",
                **headers,
            )
            transaction.savepoint_rollback(before)
            got[name, target], wanted[name, target] = seen(answer.status_code), verdict(rule, name, target)
            if answer.status_code >= 400:
                assert answer["Content-Type"] == "application/problem+json"
    return got, wanted


@pytest.mark.parametrize(("route", "method"), API, ids=[f"{method} {route}" for route, method in API])
def test_everybody_gets_exactly_what_the_table_says(route: str, method: str, tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path
    got, wanted = tried(route, method, ROUTES[route][method])
    assert got == wanted


def test_a_right_too_many_and_one_too_few_are_found(tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path
    route = "api/v1/refunds/<number:refund_no>/agree"
    rule = ROUTES[route]["POST"]
    got, wanted = tried(route, "POST", replace(rule, may=rule.may - {"agent"} | {"finance"}))
    assert {key for key in got if got[key] != wanted[key]} == {("agent", "own"), ("finance", "own")}


@pytest.mark.parametrize(("route", "method"), OPEN)
def test_what_anybody_may_read(route: str, method: str) -> None:
    assert Client().generic(method, f"/{route}").status_code in ROUTES[route][method].statuses


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_are_for_those_who_are_signed_in(method: str) -> None:
    known = set(routes())
    for page in sorted((PAGE_TABLE.keys() & known) - FOR_VISITORS) + sorted(TREES.values()):
        path = "/" + re.sub(r"<(\w+):\w+>", lambda found: SAMPLES.get(found[1], "x1"), page)
        answer = Client().generic(method, path)
        to_login = answer.status_code == 302 and "login" in answer["Location"]
        assert to_login or answer.status_code in {401, 403, 405}, (page, answer.status_code)
