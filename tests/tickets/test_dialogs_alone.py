"""Dialogs that a script sent from a page of their own: there is no page below them that could be refreshed."""

import json

import pytest
from django.urls import reverse

from aftersales.core.models import Role
from tests import factories

from .request_pages import signed_in

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_a_step_of_a_request_leads_to_the_request_afterwards():
    """VOI-2: with what happened said there, and the draft let go."""
    refund = factories.make_refund()
    client, _user = signed_in(Role.WAREHOUSE)
    url = reverse("tickets:request_action", args=[refund.refund_no, "void-result"])
    form = client.get(url, **HTMX).context["form"]
    given = {name: str(form[name].value()) for name in ("version", "key")} | {"result": "voided"}
    answer = client.post(url, given, HTTP_HX_CURRENT_URL=f"http://testserver{url}", **HTMX)
    assert answer.status_code == 204, answer.content.decode()
    assert answer["HX-Redirect"] == reverse("tickets:request_detail", args=[refund.refund_no])
    assert set(json.loads(answer["HX-Trigger"])) == {"draft:clear"}
    assert [str(said) for said in client.get(answer["HX-Redirect"]).context["messages"]]
