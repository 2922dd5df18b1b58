"""Writing down what was found in a parcel that came back, line by line (RET-2). Called under the request's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from refunds.models import Inspection, InspectionLine, Refund, RefundLine
from refunds.selectors.inspection import checks_for, doubts, findings_for
from refunds.states.inspection import NAMES, SHOWS, Check, Damage, Disposition, Finding

MOST_FOUND = 9999


@dataclass(frozen=True, slots=True)
class Found:
    """What lay in the parcel of one line; what is not said was as it should be.

    `faults` are the checks that failed, `findings` what makes the goods not intact (LAW-1). Without a disposition the
    verdict says where the goods go.
    """

    line_no: str
    found: int | None = None
    wrong_goods: bool = False
    faults: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    damage: str = ""
    disposition: str = ""
    location: str = ""


def inspection_write(
    *, refund: Refund, actor: Actor, passed: bool, findings: str, found: Sequence[Found] | None
) -> Inspection:
    """Write the inspection with a line for each of the request's; `found` of None is an inspection without lines.

    A pass over something that is not in order, or whose goods do not go back to stock, needs words (RET-2).
    Raises: RuleViolation RET-2 with the fields that are wrong.
    """
    written = lines_found(refund, found, passed=passed)
    if passed and not findings.strip() and any(_needs_words(line) for line in written):
        detail = _("Something is not as it should be. Say why it passes all the same, or let it fail.")
        raise errors.RuleViolation("RET-2", detail, errors=[errors.FieldError("findings", "required", detail)])
    inspection = Inspection.objects.create(
        refund=refund,
        passed=passed,
        findings=findings,
        inspector_name=actor.name,
        inspector_id=actor.user_id,
        created_at=clock.now(),
    )
    for line in written:
        line.inspection = inspection
    InspectionLine.objects.bulk_create(written)
    return inspection


def lines_found(refund: Refund, found: Sequence[Found] | None, *, passed: bool) -> list[InspectionLine]:
    """Give the lines of an inspection, not written; `found` of None is one without. Raises: RuleViolation RET-2."""
    if found is None:
        return []
    lines = list(refund.lines.filter(quantity__gt=0).select_related("order_line").order_by("id"))
    return [_line(refund, line, said, passed) for line, said in _paired(lines, found)]


def _paired(lines: list[RefundLine], found: Sequence[Found]) -> list[tuple[RefundLine, Found]]:
    by_number = {line.order_line.line_no: line for line in lines}
    said = {one.line_no: one for one in found}
    unknown = [
        errors.FieldError(f"lines.{index}.line_no", "unknown_line", _("This line is not part of the request."))
        for index, one in enumerate(found)
        if one.line_no not in by_number
    ]
    if len(said) != len(found):
        unknown.append(errors.FieldError("lines", "twice", _("A line is named twice.")))
    if unknown:
        raise errors.RuleViolation("RET-2", _("The lines found are not those asked for."), errors=unknown)
    return [(line, said.get(number, Found(number))) for number, line in by_number.items()]


def _line(refund: Refund, line: RefundLine, said: Found, passed: bool) -> InspectionLine:
    number = line.quantity if said.found is None else said.found
    listed = findings_for(line.order_line, refund.shop_id)
    wrong = [
        code
        for code, bad in (
            ("found", not 0 <= number <= MOST_FOUND),
            ("faults", not set(said.faults) <= set(Check.values)),
            ("findings", not set(said.findings) <= set(listed)),
            ("damage", said.damage not in Damage.values),
            ("disposition", said.disposition not in ("", *Disposition.values)),
        )
        if bad
    ]
    if wrong:
        unknown = _("This is not known.")
        faults = [errors.FieldError(f"lines.{said.line_no}.{name}", "invalid", unknown) for name in wrong]
        raise errors.RuleViolation("RET-2", _("The lines found are not those asked for."), errors=faults)
    there = number > 0
    named = {*said.findings, *(NAMES[Check(name)] for name in said.faults if name in NAMES)}
    findings = [name for name in listed if name in named]
    failed = {*said.faults, *(SHOWS[Finding(name)] for name in findings if name in SHOWS)}
    looked_at = dict.fromkeys([*checks_for(line.order_line, refund.shop_id), *said.faults], True)
    return InspectionLine(
        order_line=line.order_line,
        expected=line.quantity,
        found=number,
        wrong_goods=said.wrong_goods and there,
        checks={name: name not in failed for name in looked_at} if there else {},
        findings=findings if there else [],
        damage=said.damage if there else "",
        disposition=said.disposition or (Disposition.RESTOCK if passed else Disposition.BACK),
        location=said.location.strip()[:40] if there else "",
    )


def _needs_words(line: InspectionLine) -> bool:
    row: dict[str, Any] = {
        name: getattr(line, name) for name in ("wrong_goods", "found", "expected", "checks", "findings", "damage")
    }
    return bool(doubts(row)) or line.disposition != Disposition.RESTOCK
