"""Whom money may go to, and who sees whose account and name (PAY-2, LAW-7)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, errors
from aftersales.core.models import Role
from refunds import services
from refunds.models import Payee, PayeeDisclosure
from refunds.services import PayeeData
from tests import factories
from tests.checks import sql
from tests.helpers import refused, unchanged

pytestmark = pytest.mark.django_db

opened = factories.make_payout


@pytest.mark.parametrize(
    ("kind", "account", "kept"),
    [
        ("alipay", " 138 0000 1234 ", "13800001234"),
        ("alipay", "+8613800001234", "13800001234"),
        ("alipay", "Ｌｉ@Example.com", "li@example.com"),
        ("bank", "6222 0210 0111 6245 702", "6222021001116245702"),
    ],
)
def test_an_account_is_kept_as_the_provider_wants_it(kind, account, kept):
    """PAY-2."""
    assert PayeeData(kind, account, "李雷").checked().account == kept


@pytest.mark.parametrize(
    ("kind", "account", "name", "field"),
    [
        ("alipay", "12345", "李雷", "payee.account"),
        ("alipay", "0571-88880000", "李雷", "payee.account"),
        ("alipay", "li@", "李雷", "payee.account"),
        ("bank", "6222021001116245703", "李雷", "payee.account"),
        ("bank", "13800001234", "李雷", "payee.account"),
        ("alipay", "13800001234", "李", "payee.name"),
        ("alipay", "13800001234", "13800001234", "payee.name"),
    ],
)
def test_a_payee_that_cannot_be_right_is_refused_at_its_field(kind, account, name, field):
    """PAY-2."""
    with refused(errors.Invalid) as info, unchanged():
        opened(payee=PayeeData(kind, account, name))
    assert [one.field for one in info.value.errors] == [field]


def test_account_and_name_are_unreadable_at_rest():
    """PAY-2, LAW-7."""
    payout = opened(payee=PayeeData("alipay", "13961728394", "欧阳金丝"))
    [row] = sql("SELECT p::text FROM refunds_payee p WHERE id = %s", payout.payee_id)
    assert "13961728394" not in row[0]
    assert "金丝" not in row[0]
    assert Payee.objects.get(pk=payout.payee_id).account == "13961728394"


def test_reading_an_account_in_full_is_finance_s_for_a_reason_and_is_written_down():
    """PAY-2."""
    payout = opened()
    for role in (Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE, Role.ADMIN):
        with refused(errors.Forbidden):
            services.payee_disclose(payout=payout, actor=factories.staff(role), reason="核对")
    finance = factories.staff(Role.FINANCE)
    with refused(errors.Invalid):
        services.payee_disclose(payout=payout, actor=finance, reason=" ")
    assert not PayeeDisclosure.objects.exists()
    assert services.payee_disclose(payout=payout, actor=finance, reason="银行退票").account == "13800001234"
    looked = PayeeDisclosure.objects.get()
    assert (looked.user_id, looked.reason) == (finance.user_id, "银行退票")


def test_an_account_is_erased_when_it_is_needed_no_longer():
    """LAW-7: what is open keeps it, and so does a payout that ended a short while ago."""
    payout = services.payout_send(payout=factories.approved(opened()))
    waiting = opened()
    services.payout_confirm(payout=payout, actor=factories.staff(Role.FINANCE), reference="B-1")
    assert services.payees_erase() == 0
    with time_machine.travel(clock.now() + timedelta(days=181), tick=False):
        assert services.payees_erase() == 1
        erased = Payee.objects.get(pk=payout.payee_id)
        assert (erased.account, erased.name, erased.masked_account) == ("", "", "138****1234")
        assert Payee.objects.get(pk=waiting.payee_id).account == "13800001234"
        with refused(errors.Conflict):
            services.payee_disclose(payout=payout, actor=factories.staff(Role.FINANCE), reason="核对")
