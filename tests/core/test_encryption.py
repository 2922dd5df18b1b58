"""Columns that are unreadable at rest: what is stored, what a new key changes, what a missing one says."""

import io
import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from aftersales.core import clock, encryption
from aftersales.core.models import IdempotencyRecord
from refunds.models import Payee
from tests import factories
from tests.checks import sql

OLD, NEW = (Fernet.generate_key().decode() for _number in range(2))


@pytest.fixture(autouse=True)
def _fresh_keys():
    encryption.forget()
    yield
    encryption.forget()


def use(settings, *keys):
    settings.FIELD_ENCRYPTION_KEYS = list(keys)
    encryption.forget()


def stored():
    return [row[0] for row in sql("SELECT account FROM refunds_payee ORDER BY id")]


def test_one_text_never_looks_the_same_twice():
    first, second = encryption.encrypt("13800001234"), encryption.encrypt("13800001234")
    assert first != second
    assert encryption.decrypt(first) == encryption.decrypt(second) == "13800001234"


def test_keys_come_from_the_secret_key_where_none_is_given(settings):
    sealed = encryption.encrypt("x")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    encryption.forget()
    assert encryption.decrypt(sealed) == "x"
    settings.SECRET_KEY_FALLBACKS = []
    encryption.forget()
    with pytest.raises(encryption.Undecipherable):
        encryption.decrypt(sealed)


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_may_go(settings):
    """LAW-7: nothing is lost, and nothing is left that the old key opens."""
    use(settings, OLD)
    payouts = [factories.make_payout() for _number in range(3)]
    Payee.objects.filter(pk=payouts[0].payee_id).update(account="", name="")
    before = stored()
    use(settings, NEW, OLD)
    out = io.StringIO()
    call_command("rotate_encryption", stdout=out)
    assert "refunds_payee.account: 2 written" in out.getvalue()
    use(settings, NEW)
    assert [one.account for one in Payee.objects.order_by("pk")] == ["", "13800001234", "13800001234"]
    assert all(old != new for old, new in zip(before[1:], stored()[1:], strict=True))


@pytest.mark.django_db
def test_a_key_that_was_taken_away_too_early_is_said(settings):
    use(settings, OLD)
    factories.make_payout()
    before = stored()
    use(settings, NEW)
    with pytest.raises(CommandError, match="none of the keys"):
        call_command("rotate_encryption")
    assert stored() == before


def test_what_is_no_key_is_said(settings):
    use(settings, "short")
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        encryption.encrypt("x")


@pytest.mark.django_db
def test_nobody_looks_up_by_what_is_encrypted():
    with pytest.raises(FieldError):
        Payee.objects.filter(account="13800001234").exists()


@pytest.mark.django_db
def test_answers_that_were_kept_in_clear_are_encrypted_by_the_migration_and_back():
    """LAW-7: rows of before are there still, readable by the model only."""
    step = import_module("aftersales.core.migrations.0008_answers_are_unreadable_at_rest")
    bodies = ['{"secret": "whsec_慕容"}', "", '[1, "\\n"]']
    rows = [
        IdempotencyRecord.objects.create(
            owner="user:1", key=str(number), request_digest="x", response_status=200, created_at=clock.now()
        )
        for number, _body in enumerate(bodies)
    ]
    for row, body in zip(rows, bodies, strict=True):
        plain = json.dumps(body) if body else ""
        sql("UPDATE core_idempotencyrecord SET response_body = %s WHERE id = %s", plain, row.pk)

    def kept():
        with connection.cursor() as cursor:
            cursor.execute("SELECT response_body FROM core_idempotencyrecord ORDER BY id")
            return [body for (body,) in cursor.fetchall()]

    before, editor = kept(), SimpleNamespace(connection=connection)
    step.encrypted(None, editor)
    assert "whsec_" not in str(kept())
    assert [IdempotencyRecord.objects.get(pk=row.pk).response_body for row in rows] == bodies
    step.readable(None, editor)
    assert kept() == before
