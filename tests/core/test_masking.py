"""Masking: single fields, free text, log events and plain log records. A buyer's number never gets through."""

import logging
import time
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core.masking import (
    HIDDEN,
    MaskingFilter,
    mask_account,
    mask_address,
    mask_event,
    mask_name,
    mask_phone,
    mask_text,
)

PHONE = "13800138000"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800000000", "138****0000"),
        ("+86 138-0000-0000", "138****0000"),
        ("8613800000000", "138****0000"),
        ("１３８００００００００", "138****0000"),
        ("021-12345678", "****78"),
        ("95188", "****"),
        ("ask me", "****"),
        ("", ""),
    ],
)
def test_a_phone_keeps_first_three_and_last_four(phone, masked):
    """LAW-7"""
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李雷", "李*"),
        ("李雷雷", "李**"),
        ("欧阳", "欧*"),
        ("欧阳娜娜", "欧阳**"),
        ("诸葛亮", "诸葛*"),
        ("阿卜杜拉·买买提", "阿****"),
        ("李", "*"),
        ("Peter Smith", "P**** S****"),
        ("", ""),
    ],
)
def test_a_name_keeps_the_surname(name, masked):
    """LAW-7"""
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("roberta@qq.com", "rob***@qq.com"),
        ("bob@qq.com", "b***@qq.com"),
        ("13800000000", "138****0000"),
        ("6222 0212 3456 7890 128", "****0128"),
        ("unknown", "u****"),
        ("", ""),
    ],
)
def test_an_account_stays_recognisable(account, masked):
    """PAY-2"""
    assert mask_account(account) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("四川省成都市锦江区春熙路1号", "四川省成都市锦江区****"),
        ("四川成都市锦江区春熙路1号", "四川成都市锦江区****"),
        ("上海市浦东新区张江路5号", "上海市浦东新区****"),
        ("北京朝阳区望京SOHO", "北京朝阳区****"),
        ("江苏省苏州市昆山市前进路", "江苏省苏州市昆山市****"),
        ("江西省景德镇市珠山区", "江西省景德镇市珠山区****"),
        ("内蒙古自治区锡林郭勒盟阿巴嘎旗", "内蒙古自治区锡林郭勒盟阿巴嘎旗****"),
        ("四川省成都市天府小区5号", "四川省成都市****"),
        ("四川省成都市人民路小区5号", "四川省成都市****"),
        ("成都市锦江区春熙路", "成都市锦江区****"),
        ("万科城市花园5号", "****"),
        ("春熙路1号", "****"),
        ("12 Main Street", "****"),
        ("", ""),
    ],
)
def test_an_address_keeps_the_region(address, masked):
    """LAW-7"""
    assert mask_address(address) == masked


@pytest.mark.parametrize("mask", [mask_phone, mask_name, mask_account, mask_address])
@given(text=st.text(max_size=60))
def test_every_text_can_be_masked(mask, text):
    assert isinstance(mask(text), str)
    assert mask(None) == ""


# --- Free text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打13800000000找我", "打138****0000找我"),
        ("138 0000 0000", "138****0000"),
        ("138-0000-0000", "138****0000"),
        ("1380-000-0000", "138****0000"),
        ("+86-138-0000-0000", "+86-138****0000"),
        ("008613800000000", "0086138****0000"),
        ("013800000000", "0138****0000"),
        ("１３８００００００００", "138****0000"),
        ("q=%2B8613800000000&a=%2013800000000", "q=%2B86138****0000&a=%20138****0000"),
        ("邮箱abcdef@qq.com谢谢", "邮箱abc***@qq.com谢谢"),
        ("?mail=bob%40qq.com", "?mail=b***%40qq.com"),
        ("11010119900101123X", "110***********3X"),
        ("110101 19900101 1234", "110***********34"),
        ("卡6222021234567890128。", "卡****0128。"),
        ("4111 1111 1111 1111 12", "****1111 12"),
        ("2222 2222 2222 4111 1111 1111 1111", "2222 2222 2222 ****1111"),
    ],
)
def test_personal_numbers_in_a_text_are_masked(text, masked):
    """LAW-7 PAY-2"""
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "订单 2026112213800000000 退款 RF20261122018 运单 SF1234567890123",
        "2026-11-22 13:45:00 1763800000123",
        "127.0.0.1:13800 took 1380000 us",
        "６ 件，共 ¥1,234.50 ＠客服",
        "12345678901",
        "4111111111111112",
        "",
    ],
)
def test_numbers_of_things_moments_and_amounts_stay(text):
    assert mask_text(text) == text


not_digits = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=12)
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def check_digit(digits):
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


cards = st.from_regex(r"62[0-9]{13,16}", fullmatch=True).map(lambda digits: digits + check_digit(digits))


@given(not_digits, mobiles | cards, not_digits)
def test_a_number_put_anywhere_never_survives(before, number, after):
    """LAW-7"""
    assert number not in mask_text(f"{before}{number}{after}")


@given(not_digits, mobiles, st.sampled_from([" ", "-", ". ", " - ", "\u00a0"]), not_digits)
def test_a_grouped_number_never_survives(before, number, gap, after):
    """LAW-7"""
    if len(gap) == 3:
        gap = gap[:2]
    grouped = f"{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}"
    assert grouped not in mask_text(f"{before}{grouped}{after}")


emails = st.emails().filter(lambda email: email[0].isalnum() and not set(email) & set("=?&/%"))


@given(not_digits, emails, not_digits)
def test_an_address_of_mail_never_survives(before, email, after):
    assert email not in mask_text(f"{before} {email} {after}")


@given(st.text(max_size=80))
def test_masking_twice_is_masking_once(text):
    assert mask_text(mask_text(text)) == mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100000,
        "a" * 100000,
        "1-" * 50000,
        "a@" * 50000,
        "138 " * 25000,
        "6222 " * 20000,
        "%20" * 30000,
        "a." * 50000 + "@",
        "110101 " * 15000,
    ],
    ids=lambda text: text[:7],
)
def test_no_text_takes_long(text):
    started = time.process_time()
    mask_text(text)
    assert time.process_time() - started < 5


# --- Log events


def masked(**event):
    return mask_event(None, "info", event)


@pytest.mark.parametrize(
    "field",
    [
        "phone",
        "address",
        "name",
        "account",
        "receiver",
        "payee",
        "real_name",
        "Phone",
        "contact_phone",
        "payee_account",
        "password",
        "token",
        "api_token",
        "Authorization",
        "cookie",
        "client_secret",
        "csrf_token",
    ],
)
@pytest.mark.parametrize("value", ["李雷", 13800000000, {"a": 1}, ["x"]])
def test_personal_fields_and_secrets_are_hidden_wholly(field, value):
    """LAW-7"""
    assert masked(**{field: value}) == {field: HIDDEN}


@pytest.mark.parametrize("value", [None, "", {}, [], True])
def test_what_says_nothing_is_left_as_it_is(value):
    assert masked(phone=value) == {"phone": value}


def test_other_fields_keep_their_values_and_kinds():
    event = {
        "event": "refund.agreed",
        "logger": "refunds.services",
        "refund_no": "RF20261122018",
        "amount_fen": 10400,
        "ratio": 0.5,
        "at": datetime(2026, 11, 22, tzinfo=UTC),
        "sum": Decimal("1.50"),
        "task_name": "deadlines_sweep",
        "shops": (1, 2),
    }
    assert masked(**event) == event | {"shops": [1, 2]}


def test_numbers_are_found_at_any_depth_and_in_any_kind():
    """LAW-7"""

    class Buyer:
        def __repr__(self):
            return f"<Buyer {PHONE}>"

    out = masked(
        event=f"call {PHONE}",
        n=int(PHONE),
        raw=PHONE.encode(),
        who=Buyer(),
        some={PHONE: [f"x {PHONE}", {"deep": (PHONE, {PHONE})}]},
    )
    assert PHONE not in repr(out)
    assert out["n"] == "138****8000"
    assert out["who"] == "<Buyer 138****8000>"
    assert out["some"]["138****8000"][1] == {"deep": ["138****8000", ["138****8000"]]}


def test_something_endless_ends():
    endless = {}
    endless["again"] = endless
    assert "…" in repr(masked(some=endless))


def test_the_given_event_is_not_changed():
    event = {"event": PHONE, "some": {"phone": PHONE}}
    mask_event(None, "info", event)
    assert event == {"event": PHONE, "some": {"phone": PHONE}}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(PHONE) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just("phone"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), json_values, max_size=4))
def test_an_event_with_a_number_anywhere_loses_it(event):
    """LAW-7"""
    assert PHONE not in repr(mask_event(None, "info", event))


def test_a_traceback_in_data_keeps_function_names_and_loses_numbers():
    """LAW-7"""
    try:
        raise ValueError(f"Key (phone)=({PHONE}) already exists")
    except ValueError as error:
        event = structlog.processors.dict_tracebacks(None, "error", {"event": "failed", "exc_info": error})
    out = mask_event(None, "error", event)
    assert PHONE not in repr(out)
    assert out["exception"][0]["exc_value"] == "Key (phone)=(138****8000) already exists"
    assert out["exception"][0]["frames"][0]["name"] == "test_a_traceback_in_data_keeps_function_names_and_loses_numbers"


def test_what_structlog_needs_itself_is_left():
    record, info = logging.makeLogRecord({"msg": "x"}), (ValueError, ValueError("x"), None)
    assert masked(_record=record, exc_info=info) == {"_record": record, "exc_info": info}
    assert masked(exc_info=PHONE) == {"exc_info": "138****8000"}


# --- Plain records


@pytest.fixture
def plain():
    """Give a logger of the standard library with the filter on its handler, and what it wrote."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(MaskingFilter())
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.Logger("plain")
    logger.addHandler(handler)
    return logger, out


def test_message_and_arguments_of_a_record_are_masked(plain):
    """LAW-7"""
    logger, out = plain
    logger.info("called %s, %d times", PHONE, 2)
    assert out.getvalue() == "INFO called 138****8000, 2 times\n"


def test_an_access_line_as_gunicorn_writes_it_is_masked(plain):
    """LAW-7"""
    logger, out = plain
    logger.info('%(h)s "%(r)s" %(s)s', {"h": "127.0.0.1", "r": f"GET /refunds/?q=%20{PHONE} HTTP/1.1", "s": "200"})
    assert out.getvalue() == 'INFO 127.0.0.1 "GET /refunds/?q=%20138****8000 HTTP/1.1" 200\n'


def test_a_traceback_and_a_stack_are_masked(plain):
    """LAW-7"""
    logger, out = plain
    try:
        raise ValueError(PHONE)
    except ValueError:
        logger.exception("failed", stack_info=True)
    assert PHONE not in out.getvalue()
    assert "ValueError: 138****8000" in out.getvalue()
    assert "Stack (most recent call last)" in out.getvalue()


def test_a_record_whose_arguments_do_not_fit_is_still_written_and_harms_nobody(plain):
    logger, out = plain
    logger.info("%d and %d " + PHONE, "x")
    assert out.getvalue() == "INFO %d and %d 138****8000 [arguments do not fit]\n"


def test_a_record_of_structlog_keeps_its_event(plain):
    logger, _out = plain
    record = logger.makeRecord("x", logging.INFO, "f", 1, {"event": PHONE, "phone": PHONE}, None, None)
    assert MaskingFilter().filter(record) is True
    assert record.msg == {"event": "138****8000", "phone": HIDDEN}
