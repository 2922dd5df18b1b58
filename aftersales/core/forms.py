"""Forms of signing in and of one's own account, and the field of an amount. Nothing of the business lives here."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from aftersales.core import money


class LoginForm(AuthenticationForm):
    """First step: who one is. A wrong name and a wrong password are answered alike."""

    error_messages = {
        "invalid_login": _("Name or password is not right. Both are case-sensitive."),
        "inactive": _("Name or password is not right. Both are case-sensitive."),
    }


class CodeForm(forms.Form):
    """Second step: the six digits of the authenticator app."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=8,
        validators=[RegexValidator(r"^\d{6}$", _("The code has six digits."))],
        widget=forms.TextInput(
            attrs={
                "class": "code-input",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class PasswordForm(DjangoPasswordChangeForm):
    """A new password, asked with the old one; Django's rules in our words."""

    field_order = ["old_password", "new_password1", "new_password2"]


class AmountField(forms.CharField):
    """An amount in yuan, given in fen."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount-input"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        """Read it."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.parse_yuan(text)
        except money.MoneyFormatError as wrong:
            raise forms.ValidationError(str(wrong.detail)) from wrong
