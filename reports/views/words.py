"""How figures are written for people."""

from django.utils.translation import gettext as _

from reports.states import Figure, Unit


def said(figure: Figure, value: float | int | None) -> str:
    """Write a figure as people read it."""
    if value is None:
        return "—"
    if figure.unit == Unit.RATE:
        return f"{100 * value:.2f} %"
    if figure.unit == Unit.HOURS:
        return _("%(hours)s h") % {"hours": f"{value:.1f}"}
    if figure.unit == Unit.FEN:
        return f"¥{value / 100:,.2f}"
    return f"{value:,}"
