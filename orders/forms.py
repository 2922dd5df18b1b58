"""The upload of the two export files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.models import Shop
from aftersales.core.views.dialogs import OnceForm

MOST_BYTES = 300 * 1024 * 1024
ENDINGS = (".csv", ".xlsx")


def check_file(file: Any) -> None:
    """Refuse what cannot be an export. What it holds is judged by the import."""
    if not file.name.lower().endswith(ENDINGS):
        raise ValidationError(_("A .csv or .xlsx file is needed."), code="ending")
    if file.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 300 MB. Export a shorter time."), code="too_large")


class ImportForm(OnceForm):
    """ExportOrderList and ExportOrderDetailList, and the shop that they are of."""

    shop = forms.ChoiceField(
        label=gettext_lazy("Shop"),
        required=False,
        help_text=gettext_lazy("Choose it where the file has no column 店铺名称 or 店铺Id."),
    )
    orders = forms.FileField(
        label=gettext_lazy("Orders (ExportOrderList)"),
        validators=[check_file],
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    lines = forms.FileField(
        label=gettext_lazy("Lines (ExportOrderDetailList)"),
        validators=[check_file],
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args: Any, shops: Sequence[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(shop.code, shop.name) for shop in shops]
        self.fields["shop"].choices = [("", _("As each row says")), *names]  # type: ignore[attr-defined]
