"""Reading carriers and parcels."""

from collections.abc import Iterable

from django.db.models import QuerySet

from logistics.models import Carrier

from .formats import has_format


def carriers_active() -> QuerySet[Carrier]:
    """Give the carriers to choose from."""
    return Carrier.objects.filter(is_active=True)


def carrier_name(code: str) -> str:
    """Name a carrier as people know it; a code that is not known stays as it is."""
    return Carrier.objects.filter(code__iexact=code).values_list("name", flat=True).first() or code


def carrier_names(codes: Iterable[str]) -> dict[str, str]:
    """Name carriers as people know them; one statement. Codes that are not known stay as they are."""
    names = {code.lower(): name for code, name in Carrier.objects.values_list("code", "name")}
    return {code: names.get(code.lower(), code) for code in codes}


def number_looks_wrong(carrier_code: str, tracking_no: str) -> bool:
    """Say whether a tracking number fits none of the carrier's known formats (RFD-6).

    Formats change, so this warns and never blocks; a carrier that is unknown or has no formats is not judged.
    """
    carrier = Carrier.objects.filter(code__iexact=carrier_code).first()
    return carrier is not None and bool(carrier.formats.split()) and not has_format(carrier.formats, tracking_no)


def carrier_by_number(tracking_no: str) -> str:
    """Tell the carrier's code from a number's format; empty where none or several fit."""
    fitting = [carrier.code for carrier in carriers_active() if has_format(carrier.formats, tracking_no)]
    return fitting[0] if len(fitting) == 1 else ""
