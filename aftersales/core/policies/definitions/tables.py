"""Settings that are tables: postage, arrival, member levels. What stands here is where a shop starts."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.policies.kinds import PolicyDefinition
from aftersales.core.policies.shapes import by_name, flag, one_of, rows, some_of, text, texts, whole

from .figures import ORDERS, PARCELS, PAYOUTS, REPORTS

MOST_FEN = 1_000_000
ELSEWHERE = "*"
CLOTHES = [
    *("clothes", "shoes", "bags", "服饰", "女装", "男装", "童装"),
    *("鞋", "女鞋", "男鞋", "童鞋", "箱包", "女包", "男包"),
]

TABLES: tuple[PolicyDefinition, ...] = (
    PolicyDefinition(
        "member.levels",
        "json",
        [
            {"level": "VIP1", "pays_percent": 98},
            {"level": "VIP2", "pays_percent": 95},
            {"level": "VIP3", "pays_percent": 90},
            {"level": "VIP4", "pays_percent": 85},
        ],
        ("ORD-8",),
        ORDERS,
        _("Member levels"),
        _("What a member pays of the regular price, in percent; special offers are left as they are."),
        shape=rows(unique="level", level=text(20), pays_percent=whole(1, 100)),
    ),
    PolicyDefinition(
        "payout.postage",
        "json",
        [
            {
                "regions": ["江苏", "浙江", "上海", "安徽"],
                "first_g": 1000,
                "first_fen": 800,
                "step_g": 1000,
                "step_fen": 200,
            },
            {
                "regions": ["新疆", "西藏", "青海", "内蒙古"],
                "first_g": 1000,
                "first_fen": 2000,
                "step_g": 1000,
                "step_fen": 1500,
            },
            {"regions": [ELSEWHERE], "first_g": 1000, "first_fen": 1200, "step_g": 1000, "step_fen": 600},
        ],
        ("PAY-3", "LOG-7"),
        PAYOUTS,
        _("Return postage by region and weight"),
        _("The first row whose regions the buyer's begins with; “*” stands for anywhere else."),
        shape=rows(
            regions=texts,
            first_g=whole(1, 100_000),
            first_fen=whole(0, MOST_FEN),
            step_g=whole(1, 100_000),
            step_fen=whole(0, MOST_FEN),
        ),
    ),
    PolicyDefinition(
        "arrival.channels",
        "json",
        {
            "balance": {"to": "balance", "least": 0, "most": 0, "unit": "day", "frozen_meanwhile": False},
            "quickpay_debit": {"to": "card", "least": 0, "most": 3, "unit": "day", "frozen_meanwhile": False},
            "quickpay_credit": {"to": "card", "least": 0, "most": 3, "unit": "day", "frozen_meanwhile": False},
            "online_bank": {"to": "balance", "least": 0, "most": 0, "unit": "day", "frozen_meanwhile": False},
            "credit_card": {"to": "card", "least": 2, "most": 10, "unit": "workday", "frozen_meanwhile": True},
            "other": {"to": "origin", "least": 2, "most": 10, "unit": "workday", "frozen_meanwhile": False},
        },
        ("ARR-1", "ORD-4"),
        PAYOUTS,
        _("Where a refund lands and when, by payment channel"),
        _("“Frozen meanwhile”: shown in the Alipay balance, not usable until the bank has it."),
        shape=by_name(
            "balance",
            "quickpay_debit",
            "quickpay_credit",
            "online_bank",
            "credit_card",
            "other",
            to=one_of("balance", "card", "origin"),
            least=whole(0, 60),
            most=whole(0, 60),
            unit=one_of("day", "workday"),
            frozen_meanwhile=flag,
        ),
    ),
    PolicyDefinition(
        "parcel.faster_carriers",
        "json",
        [
            {"carrier": "shunfeng", "least_fen": 1000, "most_fen": 1000, "least_days": 1, "most_days": 2},
            {"carrier": "ems", "least_fen": 700, "most_fen": 1000, "least_days": 2, "most_days": 3},
        ],
        ("LOG-4",),
        PARCELS,
        _("Faster carriers on request: surcharge and time"),
        _("In this order; the next one serves where the first does not go."),
        shape=rows(
            unique="carrier",
            carrier=text(20),
            least_fen=whole(0, MOST_FEN),
            most_fen=whole(0, MOST_FEN),
            least_days=whole(0, 60),
            most_days=whole(0, 60),
        ),
    ),
    PolicyDefinition(
        "inspection.checks",
        "json",
        [
            {
                "category": "clothes",
                "known_by": CLOTHES,
                "checks": ["tags", "clean", "packaging", "accessories", "gifts", "invoice"],
            },
            {
                "category": "electronics",
                "known_by": ["electronics", "phone", "digital", "手机", "数码", "家电"],
                "checks": ["unused", "packaging", "accessories", "manual", "gifts", "invoice"],
            },
            {
                "category": "food",
                "known_by": ["food", "tea", "食品", "茶"],
                "checks": ["sealed", "packaging", "gifts", "invoice"],
            },
            {
                "category": "general",
                "known_by": [ELSEWHERE],
                "checks": ["packaging", "accessories", "manual", "gifts", "invoice"],
            },
        ],
        ("RET-2", "LAW-1"),
        PARCELS,
        _("What makes a return fit to be sold again"),
        _(
            "The first row that is known by the beginning of the line's category or goods number; "
            "“*” stands for everything else."
        ),
        shape=rows(
            unique="category",
            category=text(40),
            known_by=texts,
            checks=some_of(
                "tags", "clean", "sealed", "unused", "packaging", "accessories", "manual", "gifts", "invoice"
            ),
        ),
    ),
    PolicyDefinition(
        "inspection.findings",
        "json",
        [
            {
                "category": "clothes",
                "known_by": CLOTHES,
                "findings": ["tags_removed", "worn", "washed", "stained"],
            },
            {
                "category": "electronics",
                "known_by": ["electronics", "phone", "digital", "手机", "数码", "家电"],
                "findings": ["activated", "serial_changed", "scratched", "accessories_missing"],
            },
            {
                "category": "cosmetics",
                "known_by": ["cosmetics", "beauty", "美妆", "护肤", "个护"],
                "findings": ["seal_opened"],
            },
            {"category": "food", "known_by": ["food", "tea", "食品", "茶叶"], "findings": ["seal_opened"]},
            {"category": "general", "known_by": [ELSEWHERE], "findings": ["damaged", "parts_missing"]},
        ],
        ("LAW-1", "LAW-2", "DEC-4"),
        PARCELS,
        _("What makes returned goods not intact"),
        _(
            "The warehouse names what it found; on it a seven-day return can be refused without a supervisor. "
            "Opening the parcel or the outer packing is no finding."
        ),
        shape=rows(
            unique="category",
            category=text(40),
            known_by=texts,
            findings=some_of(
                "tags_removed",
                "worn",
                "washed",
                "stained",
                "activated",
                "serial_changed",
                "scratched",
                "accessories_missing",
                "seal_opened",
                "damaged",
                "parts_missing",
            ),
        ),
    ),
    PolicyDefinition(
        "report.campaign_thresholds",
        "json",
        [
            {"figure": "refund_rate", "most_per_10000": 1500},
            {"figure": "quality_refund_rate", "most_per_10000": 300},
            {"figure": "dispute_rate", "most_per_10000": 10},
            {"figure": "intervention_rate", "most_per_10000": 100},
        ],
        ("RPT-2",),
        REPORTS,
        _("Thresholds for joining campaigns"),
        _(
            "What a figure may be at most, in ten-thousandths. Each campaign names its own in its terms of entry: "
            "set here what the next one asks for."
        ),
        shape=rows(
            unique="figure",
            figure=one_of("refund_rate", "quality_refund_rate", "dispute_rate", "intervention_rate"),
            most_per_10000=whole(0, 10_000),
        ),
    ),
)
