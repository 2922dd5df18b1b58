"""Personal data made unreadable: for pages, for exports, and for everything that is logged (LAW-7, PAY-2).

Pure functions on text; who may see the full value, and that such a look is logged, is decided elsewhere.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

HIDDEN = "***"
_DEPTH = 12
_MOST_STARS = 4

# --- Text: what looks like a person's number wherever it stands -------------------------------------------------------

_FULL_WIDTH = str.maketrans("０１２３４５６７８９＠．－＋Ｘｘ　", "0123456789@.-+Xx ")
# A run of digits is judged as a whole: order and tracking numbers contain mobile numbers by chance. `%20` and the like
# are not part of the run, so that a number in the query of an access line is found.
_START = r"(?:(?<![0-9])|(?<=%[0-9A-Fa-f]{2}))"
_DIGITS = frozenset("0123456789")
_GAP = r"[ .\-\u00a0]"
_MAYBE = re.compile(rf"[0-9](?:{_GAP}{{0,2}}[0-9]){{10}}")  # most lines have no such number and are done after this
_LOCAL = r"[A-Za-z0-9._+!#$'*^`{|}~-]"  # without what joins parameters in an address of the web: = ? & / %
_EMAIL = re.compile(rf"(?<!{_LOCAL})(?P<local>{_LOCAL}++)(?P<at>@|%40)(?P<domain>[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)+)")
_IDENTITY = re.compile(
    rf"{_START}[1-9][0-9]{{5}}{_GAP}?(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01]){_GAP}?[0-9]{{3}}[0-9Xx]"
    r"(?![0-9])"
)
_MOBILE = re.compile(
    rf"{_START}(?P<country>(?:\+|00|%2[Bb])?86{_GAP}{{0,2}}|0)?(?P<first>1[3-9][0-9])"
    rf"(?:{_GAP}{{0,2}}[0-9]{{4}}{_GAP}{{0,2}}"  # 138 0000 0000
    rf"|[0-9]{_GAP}[0-9]{{3}}{_GAP}"  # 1380 000 0000
    rf"|[0-9]{_GAP}[0-9]{{4}}{_GAP}?(?=[0-9]{{3}}(?![0-9])))"  # 1380 0000 000
    r"(?P<last>[0-9]{3,4})(?![0-9])"
)
_CARD = re.compile(rf"{_START}[2-6][0-9]{{3}}(?:{_GAP}?[0-9]){{12,15}}")


def mask_text(text: str) -> str:
    """Mask the mobile numbers, e-mail addresses, identity and bank-card numbers inside a free text.

    A number counts where it stands by itself, grouped or not, in half- or full-width digits, with or without +86; not
    inside of a longer run of digits. A text without any comes back as it is, full-width digits and all.
    """
    masked = plain = text if text.isascii() else text.translate(_FULL_WIDTH)
    if "@" in masked or "%40" in masked:
        masked = _EMAIL.sub(lambda found: f"{_local(found['local'])}{found['at']}{found['domain']}", masked)
    if _MAYBE.search(masked):
        masked = _IDENTITY.sub(lambda found: f"{found[0][:3]}{'*' * 11}{found[0][-2:]}", masked)
        masked = _MOBILE.sub(lambda found: f"{found['country'] or ''}{found['first']}****{found['last']}", masked)
        masked = _mask_cards(masked)
    return text if masked == plain else masked


def _local(local: str) -> str:
    return f"{local[:3] if len(local) > 5 else local[:1]}***"


def _mask_cards(text: str) -> str:
    """Try every start and, at each, the longest number first: what follows a card may be a number, too."""
    parts, done, start = [], 0, 0
    while found := _CARD.search(text, start):
        start = found.start() + 1
        for end in range(found.end(), found.start() + 15, -1):
            digits = re.sub(r"[^0-9]", "", text[found.start() : end])
            if text[end - 1] in _DIGITS and text[end : end + 1] not in _DIGITS and _is_card(digits):
                parts += [text[done : found.start()], f"****{digits[-4:]}"]
                done = start = end
                break
    return "".join((*parts, text[done:])) if parts else text


def _is_card(digits: str) -> bool:
    """UnionPay cards have 16 to 19 digits and begin with 62, others 16; both carry Luhn's check digit."""
    if not (16 <= len(digits) <= 19) or not (digits.startswith("62") or len(digits) == 16):
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


# --- Single fields ----------------------------------------------------------------------------------------------------

_TWO_CHARACTER_SURNAMES = frozenset(
    (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶"
        " 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良"
        " 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 西门 第五 南荣"
        " 东里 东宫 仲长 即墨 达奚 褚师 歐陽 諸葛 司馬 東方 公孫 鍾離 長孫"
    ).split()
)
_PROVINCE = re.compile(
    r"(?:中国)?\s*(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南"
    r"|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?\s*"
)
# No letter of a street or building may stand in them, lest "人民路小区" passes for a district.
_CITY = re.compile(r"[^\W\d_a-zA-Z路街巷弄号幢栋楼室区县旗]{2,8}?(?:自治州|地区|盟|市)\s*")
_DISTRICT = re.compile(r"[^\W\d_a-zA-Z路街巷弄号幢栋楼室园苑]{1,7}?(?:自治县|自治旗|县|旗|区|市)\s*")
_NO_DISTRICT = ("小区", "社区", "校区", "城市", "超市", "门市", "菜市")


def mask_phone(phone: str) -> str:
    """Keep the first three and last four digits: "138****0000"; a landline keeps its last two, others keep nothing."""
    digits = re.sub(r"[^0-9]", "", (phone or "").translate(_FULL_WIDTH))
    digits = re.sub(r"^(?:00)?86(?=1[0-9]{10}$)", "", digits)
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) >= 7:
        return f"****{digits[-2:]}"
    return "****" if phone else ""


def mask_name(name: str) -> str:
    """Keep the surname: "李*", "李**", "欧阳**"; of a name in letters the first of each part: "P**** S****"."""
    name = (name or "").strip()
    if re.search(r"[A-Za-zÀ-ɏ]", name):
        return " ".join(f"{part[0]}{'*' * min(len(part) - 1, _MOST_STARS)}" for part in name.split())
    if len(name) < 2:
        return "*" if name else ""
    kept = 2 if len(name) > 2 and name[:2] in _TWO_CHARACTER_SURNAMES else 1
    return f"{name[:kept]}{'*' * min(len(name) - kept, _MOST_STARS)}"


def mask_account(account: str) -> str:
    """Mask a payee's account: an Alipay e-mail address ("bob***@qq.com"), a mobile number, or a card ("****1234")."""
    account = (account or "").strip().translate(_FULL_WIDTH)
    if "@" in account:
        local, _at, domain = account.rpartition("@")
        return f"{_local(local)}@{domain}"
    digits = re.sub(r"[ -]", "", account)
    if digits.isdigit() and len(digits) > 11:
        return f"****{digits[-4:]}"
    if digits.lstrip("+").isdigit():
        return mask_phone(account)
    return f"{account[:1]}****" if account else ""


def mask_address(address: str) -> str:
    """Keep the region down to the district: "四川省成都市锦江区****"; without a province in front nothing is kept."""
    address = (address or "").strip()
    province = _PROVINCE.match(address)
    city = _CITY.match(address, province.end() if province else 0)
    known = city or province
    district = _DISTRICT.match(address, known.end()) if known else None
    if district and district[0].strip().endswith(_NO_DISTRICT):
        district = None
    last = district or (known if province else None)  # a city alone may as well be the name of a building
    return f"{address[: last.end()] if last else ''}****" if address else ""


# --- Logs -------------------------------------------------------------------------------------------------------------

_PERSONAL = frozenset(
    (
        "phone mobile tel telephone fax address street name real_name full_name buyer_name receiver_name payee_name"
        " contact_name account account_no payee receiver recipient sender return_address email e_mail id_card identity"
        " card_no card nick buyer_nick wechat qq"
    ).split()
)
_SECRET = re.compile(
    r"(?:^|[_-])(?:password|passwd|secrets?|tokens?|authorization|cookies?|csrf|api_?key|private_?key|otp)(?:$|[_-])"
)
_PERSONAL_END = re.compile(r"_(?:phone|mobile|tel|address|account|email|card_no)$")
_PLAIN = (bool, float, type(None), datetime, date, timedelta, Decimal, UUID)
# structlog's own: the record and the exception that later processors still need. A text under these names is no such.
_LEFT = frozenset({"_record", "_from_structlog", "exc_info", "stack_info"})
_LEFT_KINDS = (bool, tuple, BaseException, logging.LogRecord)


def mask_event(logger: Any, method: str, event: Any) -> Any:
    """Mask a log event (a structlog processor): personal fields and secrets wholly, every other text by `mask_text`.

    Put it behind the processors that turn exceptions into text, directly before the renderer, so that a traceback with
    a phone number in its message is masked too. Objects become their masked `repr`.
    """
    return {
        key: value if key in _LEFT and isinstance(value, _LEFT_KINDS) else _masked_entry(key, value, 0)
        for key, value in event.items()
    }


class MaskingFilter(logging.Filter):
    """Masks records of the standard library: message, arguments and traceback. To be put on handlers, not on loggers.

    For what is not formatted by structlog: gunicorn's access lines, `django.server`, a plain console.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's text by its masked form; lets every record pass."""
        if isinstance(record.msg, Mapping):
            record.msg = mask_event(None, record.levelname, record.msg)
        else:
            try:
                message = record.getMessage()
            except Exception:  # the caller's mistake is not worth the caller's crash
                message = f"{record.msg} [arguments do not fit]"
            record.msg, record.args = mask_text(message), ()
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_text(record.exc_text)
        if record.stack_info:
            record.stack_info = mask_text(record.stack_info)
        return True


def _masked_entry(key: Any, value: Any, depth: int) -> Any:
    if isinstance(key, str) and value not in (None, "", [], {}) and not isinstance(value, bool):
        lower = key.lower()
        if lower in _PERSONAL or _PERSONAL_END.search(lower) or _SECRET.search(lower):
            return HIDDEN
    return _masked_value(value, depth + 1)


def _masked_value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, int):
        masked = mask_text(str(value)) if abs(value) >= 10**10 else ""
        return masked if masked and masked != str(value) else value
    if depth > _DEPTH:
        return "…"
    if isinstance(value, Mapping):
        frame = "lineno" in value  # a frame of a traceback: its `name` is a function's
        return {
            mask_text(key) if isinstance(key, str) else key: _masked_value(entry, depth + 1)
            if frame and key == "name"
            else _masked_entry(key, entry, depth)
            for key, entry in value.items()
        }
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [_masked_value(entry, depth + 1) for entry in value]
    return mask_text(value.decode(errors="replace") if isinstance(value, bytes) else repr(value))
