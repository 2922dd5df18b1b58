"""How things are spelled in a document that leaves the server, the same in answers and webhooks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aftersales.core import masking


def moment(value: datetime | str | None) -> str | None:
    """Spell a moment, or one out of the database's JSON, as RFC 3339 in UTC: `2026-11-01T02:00:00Z`."""
    if value is None:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC).isoformat()[:-6] + "Z"


def deadline_as_json(at: datetime | str | None, action: str, paused: bool, rule: str) -> dict[str, Any] | None:
    """Say what happens by itself and when; None where nothing does (RFD-8)."""
    if at is None:
        return None
    return {"at": moment(at), "action": action, "paused": paused, "rule": rule}


def receiver_as_json(values: Mapping[str, Any], *, masked: bool) -> dict[str, str]:
    """Give the receiver; staff is shown enough to recognise him, the shop's own system all of it (LAW-7)."""
    name, phone, address = values["receiver_name"], values["receiver_phone"], values["receiver_address"]
    if masked:
        name, phone, address = masking.mask_name(name), masking.mask_phone(phone), masking.mask_address(address)
    return {"name": name, "phone": phone, "region": values["receiver_region"], "address": address}


def nick_as_json(nick: str, *, masked: bool) -> str:
    """Give a buyer's nick, masked for staff."""
    return masking.mask_name(nick) if masked else nick
