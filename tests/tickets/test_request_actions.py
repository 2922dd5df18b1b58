"""The actions of the request page over HTTP: each dialog shown and sent, refused without a trace, never twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Evidence, Message, Refund, RefundPayment
from tests import factories
from tests.core import upload_samples as samples

from .request_pages import kept, signed_in

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
TEXT = "亲,商品影响二次销售。"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def url_of(refund: Refund, action: str) -> str:
    return reverse("tickets:request_action", args=[refund.refund_no, action])


def opened(client: Client, refund: Refund, action: str) -> tuple[str, dict[str, str]]:
    """The dialog, and its hidden fields."""
    answer = client.get(url_of(refund, action), **HTMX)
    assert answer.status_code == 200, answer.content.decode()
    form = answer.context["form"]
    return answer.content.decode(), {name: str(form[name].value()) for name in ("version", "key")}


def sent(client: Client, refund: Refund, action: str, **fields: Any) -> Any:
    """Open the dialog and send it."""
    _body, hidden = opened(client, refund, action)
    return client.post(url_of(refund, action), {**hidden, **fields}, **HTMX)


def trace() -> tuple[Any, ...]:
    """Whatever a step leaves behind."""
    return (
        list(Refund.objects.order_by("pk").values_list("status", "version", "amount_fen", "refusals", "in_dispute")),
        LogEntry.objects.count(),
        OutboxEvent.objects.count(),
        Message.objects.count(),
        OrderNote.objects.count(),
        RefundPayment.objects.count(),
        list(Deadline.objects.order_by("pk").values_list("status", "due_at")),
    )


def now(refund: Refund) -> Refund:
    return Refund.objects.select_related("order").get(pk=refund.pk)


def waiting_return() -> Refund:
    return factories.make_return()


def returned() -> Refund:
    refund = refunds.refund_agree(refund=waiting_return(), actor=factories.staff())
    return refunds.refund_return_shipment(
        refund=refund, actor=factories.buyer(refund.shop), carrier="yuantong", tracking_no="YT1"
    )


def refused() -> Refund:
    refund = waiting_return()
    agent = factories.staff()
    picture = kept(agent, refund).evidence_id
    return refunds.refund_refuse(
        refund=refund, actor=agent, reason="not_fit_for_resale", message=TEXT, evidence_ids=[picture]
    )


def disputed() -> Refund:
    refund = refused()
    return refunds.refund_intervene(refund=refund, actor=factories.buyer(refund.shop), text="请介入")


Way = tuple[str, Callable[[], Refund], str, dict[str, str], str]
WAYS: list[Way] = [
    ("agree", waiting_return, Role.AGENT, factories.ADDRESS, "WAIT_BUYER_RETURN_GOODS"),
    ("agree", returned, Role.AGENT, {}, "WAIT_SYSTEM_TRANSFER"),
    ("cancel", waiting_return, Role.AGENT, {"note": "电话要求撤销"}, "CLOSED"),
    ("void-result", factories.make_refund, Role.WAREHOUSE, {"result": "voided"}, "WAIT_SELLER_AGREE"),
    ("void-result", factories.make_refund, Role.WAREHOUSE, {"result": "already_shipped"}, "CLOSED"),
    (
        "return-shipment",
        returned,
        Role.AGENT,
        {"carrier": "yuantong", "tracking_no": "yt2"},
        "WAIT_SELLER_CONFIRM_GOODS",
    ),
    ("receive", returned, Role.WAREHOUSE, {"result": "pass"}, "WAIT_SYSTEM_TRANSFER"),
    ("decision", disputed, Role.SUPERVISOR, {"outcome": "seller", "text": "支持卖家"}, "CLOSED"),
    (
        "decision",
        disputed,
        Role.SUPERVISOR,
        {"outcome": "partial", "amount": "50", "text": "各半"},
        "WAIT_SYSTEM_TRANSFER",
    ),
    ("settle", disputed, Role.AGENT, {"way": "withdraw", "text": "买家同意"}, "SELLER_REFUSE_BUYER"),
    ("settle", disputed, Role.AGENT, {"way": "pay", "amount": "80.00", "text": "退 80"}, "WAIT_SYSTEM_TRANSFER"),
]


@pytest.mark.parametrize(("action", "make", "role", "fields", "status"), WAYS)
def test_a_dialog_is_shown_and_done(
    action: str, make: Callable[[], Refund], role: str, fields: dict[str, str], status: str
):
    """RFD-3…5, VOI-2, RET-2, DIS-4, DIS-5: 204 and the events that close the dialog and refresh the page."""
    refund = make()
    client, user = signed_in(role)
    answer = sent(client, refund, action, **fields)
    assert answer.status_code == 204, answer.content.decode()
    events = json.loads(answer["HX-Trigger"])
    assert {"dialog:close", "case:changed", "toast", "draft:clear"} == set(events)
    assert events["draft:clear"] == f"{action.replace('-', '_')}:{refund.refund_no}"
    assert now(refund).status == status
    last = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).latest("version")
    assert (last.actor_id, last.actor_name) == (user.pk, "王芳")


def test_agreeing_to_a_seven_day_return_needs_nothing_typed():
    """RFD-4: the form as it opens is enough, and the address is the shop's."""
    refund = waiting_return()
    client, _user = signed_in()
    answer = client.get(url_of(refund, "agree"), **HTMX)
    form = answer.context["form"]
    body = answer.content.decode()
    assert "data-first" not in body, "so the button has the focus and Enter confirms"
    assert "¥104.00" in body
    assert "has 7 d to send the goods; else it closes by itself" in body
    fields = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url_of(refund, "agree"), fields, **HTMX).status_code == 204
    assert now(refund).return_address == factories.ADDRESS


def test_the_address_that_was_typed_is_the_one_that_the_buyer_is_told():
    """RFD-4."""
    refund = waiting_return()
    client, _user = signed_in()
    other = {**factories.ADDRESS, "address": "仓前街道 9 号"}
    assert sent(client, refund, "agree", **other).status_code == 204
    assert now(refund).return_address == other


def test_agreeing_shows_where_the_money_goes_before_it_is_done():
    """ARR-1, RFD-3."""
    refund = returned()
    body, _hidden = opened(signed_in()[0], refund, "agree")
    assert "Quick pay, debit card → back to the card, within 3 days" in body
    assert "cannot be taken back" in body


def test_less_is_agreed_and_more_is_refused_at_its_field():
    """AMT-2: the objection stands at the field, what was typed stays, nothing is written."""
    refund = returned()
    client, _user = signed_in()
    before = trace()
    answer = sent(client, refund, "agree", amount="104.01", note="多退")
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "That is more than the buyer asked for (¥104.00)." in body
    assert 'value="104.01"' in body
    assert 'value="多退"' in body
    assert trace() == before
    assert sent(client, refund, "agree", amount="100").status_code == 204
    assert now(refund).amount_fen == 10000


def test_an_amount_that_is_none_is_said_at_its_field():
    answer = sent(signed_in()[0], returned(), "agree", amount="一百")
    assert answer.status_code == 422
    assert "is not an amount in yuan" in answer.content.decode()


# --- Refusing ---------------------------------------------------------------------------------------------------------


def test_refusing_sends_text_and_evidence():
    """RFD-5."""
    refund = waiting_return()
    client, user = signed_in()
    picture = kept(Actor.for_user(user), refund, "refusal")
    answer = sent(client, refund, "refuse", reason="not_fit_for_resale", message=TEXT, evidence=[picture.evidence_id])
    assert answer.status_code == 204
    assert (now(refund).status, now(refund).refused_as) == ("SELLER_REFUSE_BUYER", "not_fit_for_resale")
    assert Message.objects.get(refund=refund).text == TEXT
    assert Evidence.objects.get(refund=refund).pk == picture.pk


def test_every_reason_brings_its_ready_text():
    """RFD-5, TKT-3."""
    body, _hidden = opened(signed_in()[0], waiting_return(), "refuse")
    assert body.count("data-ready=") == 13
    assert "the seven-day return does not cover them" in body


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "not_fit_for_resale", "message": TEXT}, "Add at least one piece of evidence."),
        ({"reason": "not_fit_for_resale", "message": "不"}, "Tell the buyer why, in 2 to 500 characters."),
        ({"message": TEXT}, "This field is required."),
        ({"reason": "not_fit_for_resale", "message": TEXT, "evidence": "ev_strange"}, "This file is not known"),
    ],
)
def test_a_refusal_that_lacks_something_leaves_no_trace(fields: dict[str, str], said: str):
    """RFD-5."""
    refund = waiting_return()
    before = trace()
    answer = sent(signed_in()[0], refund, "refuse", **fields)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert said in body
    assert fields.get("message", "") in body
    assert trace() == before


def test_without_script_the_files_come_with_the_form():
    """RFD-5: plain POST, then back to the page with a message."""
    refund = waiting_return()
    client, _user = signed_in()
    form = client.get(url_of(refund, "refuse")).context["form"]
    fields = {
        "version": form["version"].value(),
        "key": form["key"].value(),
        "reason": "not_fit_for_resale",
        "message": TEXT,
    }
    files = [SimpleUploadedFile("a.jpg", samples.jpeg())]
    answer = client.post(url_of(refund, "refuse"), {**fields, "files": files}, follow=True)
    assert answer.redirect_chain == [(reverse("tickets:request_detail", args=[refund.refund_no]), 302)]
    assert "Refused; the buyer has your text" in answer.content.decode()
    assert Evidence.objects.get(refund=refund).purpose == "refusal"


def test_a_file_that_is_not_taken_is_said_at_the_field_and_the_others_stay():
    refund = waiting_return()
    client, _user = signed_in()
    files = [SimpleUploadedFile("a.jpg", samples.jpeg()), SimpleUploadedFile("b.jpg", b"MZ not a picture")]
    answer = client.post(
        url_of(refund, "refuse"), {"reason": "not_fit_for_resale", "message": TEXT, "files": files}, **HTMX
    )
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "b.jpg: " in body
    assert f'name="evidence" value="{Evidence.objects.get().evidence_id}"' in " ".join(body.split())
    assert now(refund).status == "WAIT_SELLER_AGREE"


# --- Twice, too late, not allowed -------------------------------------------------------------------------------------


def test_pressing_twice_does_it_once():
    refund = waiting_return()
    client, _user = signed_in()
    _body, hidden = opened(client, refund, "note")
    fields = {**hidden, "text": "已电话联系", "flag": ""}
    answers = [client.post(url_of(refund, "note"), fields, **HTMX) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert OrderNote.objects.count() == 1
    changed = client.post(url_of(refund, "note"), {**fields, "text": "另一段"}, **HTMX)
    assert changed.status_code == 409
    assert "Your first press has arrived already" in changed.content.decode()
    assert "另一段" in changed.content.decode()
    assert OrderNote.objects.count() == 1


def test_a_stale_dialog_says_who_did_what_and_keeps_the_text():
    """412: the new state and its author, the typed text, and the present version for another try."""
    refund = waiting_return()
    client, user = signed_in()
    _body, hidden = opened(client, refund, "refuse")
    picture = kept(Actor.for_user(user), refund, "refusal").evidence_id
    refunds.refund_modify(refund=refund, actor=factories.buyer(refund.shop), changes={"description": "补充说明"})
    before = trace()
    fields = {"reason": "not_fit_for_resale", "message": TEXT, "evidence": picture}
    answer = client.post(url_of(refund, "refuse"), {**hidden, **fields}, **HTMX)
    body = " ".join(answer.content.decode().split())
    assert answer.status_code == 412
    assert json.loads(answer["HX-Trigger"]) == {"case:changed": ""}
    assert "Buyer 茶*" in body
    assert "changed the request" in body
    assert "What you typed is still here: look again and confirm once more." in body
    assert TEXT in body
    assert f'value="{picture}"' in body
    assert trace() == before
    form = answer.context["form"]
    again = {name: form[name].value() for name in ("version", "key")}
    assert client.post(url_of(refund, "refuse"), {**fields, **again}, **HTMX).status_code == 204


def test_a_decision_that_came_too_late_cannot_be_confirmed_any_more():
    """409/412: one of two agents wins, the other is told."""
    refund = waiting_return()
    client, _user = signed_in()
    _body, hidden = opened(client, refund, "agree")
    other = Actor.for_user(factories.make_user(Role.AGENT, display_name="张敏"))
    refunds.refund_cancel(refund=refund, actor=other)
    before = trace()
    answer = client.post(url_of(refund, "agree"), {**hidden, **factories.ADDRESS}, **HTMX)
    body = " ".join(answer.content.decode().split())
    assert answer.status_code == 412
    assert "Agent 张敏 withdrew the request" in body
    assert "It is now: “Closed”." in body
    assert "data-confirm disabled" in body
    assert trace() == before


def test_a_dialog_of_what_is_not_possible_says_why():
    """VOI-2, RFD-1."""
    refund = factories.make_refund()
    client, _user = signed_in()
    for action, why in (("agree", "The warehouse has not voided"), ("refuse", "Before shipment a request cannot")):
        answer = client.get(url_of(refund, action), **HTMX)
        assert answer.status_code == 409
        assert why in answer.content.decode()
        before = trace()
        fields = {"reason": "not_fit_for_resale", "message": TEXT, "version": refund.version}
        assert client.post(url_of(refund, action), fields, **HTMX).status_code == 409
        assert trace() == before


ACTIONS = {
    "agree": {Role.AGENT, Role.SUPERVISOR},
    "refuse": {Role.AGENT, Role.SUPERVISOR},
    "cancel": {Role.AGENT, Role.SUPERVISOR},
    "modify": {Role.AGENT, Role.SUPERVISOR},
    "void-result": {Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE},
    "return-shipment": {Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE},
    "receive": {Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE},
    "intervention": {Role.AGENT, Role.SUPERVISOR},
    "decision": {Role.SUPERVISOR},
    "settle": {Role.AGENT, Role.SUPERVISOR},
    "extend": {Role.AGENT, Role.SUPERVISOR},
    "note": {Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE},
    "reply": {Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE},
    "assign": {Role.SUPERVISOR},
}


@pytest.mark.parametrize("role", list(Role.values))
def test_only_the_roles_of_the_edge_table_act(role: str):
    """Every action × role: 403 and no trace for the others; another shop's request does not exist for anybody."""
    refund = waiting_return()
    client, _user = signed_in(role)
    stranger, _other = signed_in(role, factories.make_shop())
    before = trace()
    for action, roles in ACTIONS.items():
        url = url_of(refund, action)
        assert stranger.get(url, **HTMX).status_code == stranger.post(url, {}, **HTMX).status_code == 404, action
        if role in roles:
            assert client.get(url, **HTMX).status_code in (200, 409), action
        else:
            assert client.get(url, **HTMX).status_code == client.post(url, {}, **HTMX).status_code == 403, action
    for name in ("request_take", "request_release"):
        url = reverse(f"tickets:{name}", args=[refund.refund_no])
        assert stranger.post(url, **HTMX).status_code == 404
    assert trace() == before


def test_an_action_that_does_not_exist_is_not_there():
    client, _user = signed_in()
    assert client.get(url_of(waiting_return(), "succeed")).status_code == 404


def test_a_form_of_another_site_is_refused():
    refund = waiting_return()
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user(Role.AGENT))
    before = trace()
    assert client.post(url_of(refund, "agree"), factories.ADDRESS, **HTMX).status_code == 403
    assert trace() == before
