"""Payees: an account and a real name, checked, kept encrypted, read in full for a reason, erased in time (PAY-2)."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, masking, policies
from aftersales.core.auth import Actor, grant
from aftersales.core.models import Role, Shop
from orders.models import Order
from refunds.models import Payee, PayeeDisclosure, Payout
from refunds.states import OPEN_PAYOUTS, AccountType

DISCLOSE = "refunds.disclose_payee"
grant(DISCLOSE, [Role.FINANCE])

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_CARD = re.compile(r"[1-9][0-9]{15,18}")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ·•.'\-]){1,59}")


@dataclass(frozen=True, slots=True)
class PayeeData:
    """Whom to pay, as somebody typed it."""

    account_type: str
    account: str = field(repr=False)
    name: str = field(repr=False)

    def checked(self) -> "PayeeData":
        """Return it as the provider wants it. Raises: Invalid with `payee.account` or `payee.name`."""
        account = re.sub(r"\s+", "", unicodedata.normalize("NFKC", self.account))
        name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", self.name)).strip()
        wrong = []
        if self.account_type == AccountType.BANK:
            account = account.replace("-", "")
            if not (_CARD.fullmatch(account) and _luhn(account)):
                text = _("This is no number of a bank card: 16 to 19 digits, of which the last one checks the others.")
                wrong.append(errors.FieldError("payee.account", "invalid_card", text))
        else:
            account = _alipay(account)
            if not account:
                text = _("An Alipay account is an e-mail address or a mainland mobile number.")
                wrong.append(errors.FieldError("payee.account", "invalid_account", text))
        if not _NAME.fullmatch(name):
            text = _("Give the real name as it stands in the account: letters only, two at least.")
            wrong.append(errors.FieldError("payee.name", "invalid_name", text))
        if wrong:
            raise errors.Invalid(errors=wrong)
        return PayeeData(self.account_type, account, name)


def _alipay(account: str) -> str:
    if found := _MOBILE.fullmatch(account):
        return found[1]
    try:
        validate_email(account)
    except ValidationError:
        return ""
    return account.lower()


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def payee_create(*, order: Order, data: PayeeData, actor: Actor) -> Payee:
    """Keep a payee; every correction is a new one, so that the history stays. Raises: Invalid."""
    kept = data.checked()
    return Payee.objects.create(
        order=order,
        account_type=kept.account_type,
        account=kept.account,
        name=kept.name,
        masked_account=masking.mask_account(kept.account),
        masked_name=masking.mask_name(kept.name),
        fingerprint=salted_hmac("refunds.payee", f"{kept.account_type}:{kept.account}").hexdigest(),
        created_at=clock.now(),
        created_by=actor.name,
    )


def payee_disclose(*, payout: Payout, actor: Actor, reason: str) -> Payee:
    """Write down who reads an account and name in full, and why; only then may they be shown (PAY-2).

    Raises: NotFound, Forbidden for all but finance, Invalid without a reason, Conflict when they were erased.
    """
    if not actor.sees(payout.shop_id):
        raise errors.NotFound()
    actor.require(DISCLOSE)
    if not reason.strip():
        text = _("Say why you need to see it.")
        raise errors.Invalid(errors=[errors.FieldError("reason", "required", text)])
    payee = Payee.objects.get(pk=payout.payee_id)
    if payee.erased_at is not None:
        raise errors.Conflict(_("Account and name were erased: they were needed no longer."), code="payee_erased")
    assert actor.user_id is not None, "only members of staff have this permission"
    PayeeDisclosure.objects.create(
        payout=payout,
        payee=payee,
        user_id=actor.user_id,
        user_name=actor.name,
        reason=reason.strip()[:200],
        created_at=clock.now(),
    )
    return payee


def payees_erase(*, limit: int = 500) -> int:
    """Erase accounts and names that no payout needs any more, and return how many; what is masked stays (LAW-7).

    A payee is needed while a payout that names it is open, and for the policy's time after the last one ended.
    """
    erased = 0
    for shop_id in Shop.objects.values_list("pk", flat=True):
        before = clock.now() - policies.duration("records.payee_kept", shop_id=shop_id)
        using = Payout.objects.filter(Q(payee=OuterRef("pk")) | Q(approved_payee=OuterRef("pk")))
        needed = using.filter(Q(status__in=OPEN_PAYOUTS) | Q(updated_at__gt=before))
        old = Payee.objects.filter(~Exists(needed), order__shop=shop_id, erased_at=None, created_at__lte=before)
        with transaction.atomic():
            keys = list(old.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:limit])
            erased += Payee.objects.filter(pk__in=keys).update(account="", name="", erased_at=clock.now())
    return erased
