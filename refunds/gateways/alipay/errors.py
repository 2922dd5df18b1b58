"""What Alipay's error codes mean for the money: one table (field-facts §3).

`failed` is said only of what is known not to have moved money. A code that is not here is `unknown`: it is asked about,
and never taken for a refusal.
"""

from refunds.gateways.protocol import Fault, Status

OK, UNKNOWN = "10000", "20000"
PAYEE: tuple[Status, Fault] = ("failed", "payee")
US: tuple[Status, Fault] = ("failed", "us")
DATA: tuple[Status, Fault] = ("failed", "data")
ASK: tuple[Status, Fault] = ("unknown", "")
NOT_FOUND: tuple[Status, Fault] = ("not_found", "")


def _all(meaning: tuple[Status, Fault], codes: str) -> dict[str, tuple[Status, Fault]]:
    return dict.fromkeys(codes.split(), meaning)


MEANINGS: dict[str, tuple[Status, Fault]] = {
    **_all(
        ASK,
        "SYSTEM_ERROR ACQ.SYSTEM_ERROR ACQ.DISCORDANT_REPEAT_REQUEST ACQ.REFUND_CHARGE_ERROR"
        " PAYMENT_INFO_INCONSISTENCY isp.unknow-error aop.unknow-error",
    ),
    **_all(
        PAYEE,
        "PAYEE_NOT_EXIST PAYEE_USER_INFO_ERROR PAYEE_ACC_OCUPIED PERM_AML_NOT_REALNAME_REV"
        " PERMIT_NON_BANK_LIMIT_PAYEE EXCEED_LIMIT_UNRN_DM_AMOUNT PAYEE_ACCOUNT_STATUS_ERROR"
        " PAYEE_TRUSTEESHIP_ACC_OVER_LIMIT",
    ),
    **_all(
        US,
        "PAYER_BALANCE_NOT_ENOUGH BALANCE_NOT_ENOUGH PAYER_STATUS_ERROR PAYER_DATA_INCOMPLETE PAYER_CERT_EXPIRED"
        " PERMIT_PAYER_FORBIDDEN PERMIT_PAYER_LOWEST_FORBIDDEN CERT_MISS_TRANS_LIMIT CERT_MISS_ACC_LIMIT"
        " PAYCARD_UNABLE_PAYMENT EXCEED_LIMIT_DM_MAX_AMOUNT ACQ.SELLER_BALANCE_NOT_ENOUGH",
    ),
    **_all(
        DATA,
        "INVALID_PARAMETER EXCEED_LIMIT_SM_MIN_AMOUNT EXCEED_LIMIT_PERSONAL_SM_AMOUNT EXCEED_LIMIT_ENT_SM_AMOUNT"
        " MEMO_REQUIRED_IN_TRANSFER_ERROR REMARK_HAS_SENSITIVE_WORD ACQ.TRADE_NOT_EXIST"
        " ACQ.REFUND_AMT_NOT_EQUAL_TOTAL ACQ.REASON_TRADE_REFUND_FEE_ERR ACQ.TRADE_HAS_FINISHED"
        " ACQ.TRADE_NOT_ALLOW_REFUND ACQ.TRADE_STATUS_ERROR ACQ.REASON_TRADE_BEEN_FREEZEN ACQ.INVALID_PARAMETER",
    ),
}
"""What a refused order of ours to move money means, by `sub_code`."""

ASKED: dict[str, tuple[Status, Fault]] = {
    **_all(NOT_FOUND, "ACQ.TRADE_NOT_EXIST ACQ.REFUND_NOT_EXIST ORDER_NOT_EXIST PAYMENT_NOT_EXIST"),
}
"""What a refused question means; every other one leaves us as wise as before."""


def meaning(code: str, sub_code: str) -> tuple[Status, Fault]:
    """Say what a refusal means for the money that was to move. `isv.` codes: the gateway let nothing through."""
    if code == UNKNOWN:
        return ASK
    if sub_code.startswith("isv."):
        return US
    return MEANINGS.get(sub_code, ASK)
