"""What the tests of the request page share: somebody signed in, and pictures."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aftersales.core.auth import Actor
from aftersales.core.models import Role, User
from refunds import services as refunds
from refunds.models import Evidence, Refund
from tests import factories
from tests.core import upload_samples as samples


def signed_in(role: str = Role.AGENT, *shops: Any) -> tuple[Client, User]:
    """A browser in English with a member of staff, called 王芳."""
    user = factories.make_user(role, *shops, display_name="王芳")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    return client, user


def page_of(client: Client, refund: Refund, **headers: Any) -> str:
    """The page of a request, as text."""
    answer = client.get(reverse("tickets:request_detail", args=[refund.refund_no]), **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def kept(actor: Actor, refund: Refund, purpose: str = "message") -> Evidence:
    """An uploaded picture that belongs to nothing yet."""
    file = SimpleUploadedFile("photo.jpg", samples.jpeg())
    return refunds.evidence_store(actor=actor, file=file, purpose=purpose, shop=refund.shop)


def evidence(refund: Refund, actor: Actor) -> Evidence:
    """A picture of a request."""
    picture = kept(actor, refund)
    refunds.evidence_attach(refund=refund, evidence_ids=[picture.evidence_id], actor=actor)
    return picture
