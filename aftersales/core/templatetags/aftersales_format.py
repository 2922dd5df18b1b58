"""Template filters for amounts, lengths of time, moments and masked personal data. Presentation only, no queries."""

from datetime import datetime, timedelta

from django import template

from aftersales.core import masking, money, words

register = template.Library()


@register.filter
def yuan(fen: int | None, mode: str = "") -> str:
    """Spell fen as yuan, "1,234.50", without the ¥; `|yuan:"sign"` gives a gain its plus. Nothing stays nothing."""
    return "" if fen is None else money.yuan(fen, sign=mode == "sign")


@register.filter
def masked_phone(phone: str | None) -> str:
    """Show a phone number as 138****0000."""
    return masking.mask_phone(phone or "")


@register.filter
def masked_name(name: str | None) -> str:
    """Show a name as 李*."""
    return masking.mask_name(name or "")


@register.filter
def duration(length: timedelta | int | float | None) -> str:
    """Say a length of time, or a number of seconds, in words: "2 小时 14 分"."""
    if length is None:
        return ""
    return words.duration_words(length if isinstance(length, timedelta) else timedelta(seconds=length))


@register.filter
def moment(value: datetime | None) -> str:
    """Say a moment in Shanghai time: "11-20 14:02", with the year where it is another one."""
    return words.moment_words(value) if value else ""
