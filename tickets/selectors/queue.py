"""The queue: which requests, in which order, how many; a page costs two statements at any size.

Rows are read as plain tuples and rendered once: a row's cells depend on nothing but these values and the language, so
they are kept and only what changed is rendered again. Which cells a page shows, and in which order, is a matter of
putting kept ones together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Subquery
from django.http import QueryDict
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, override, pgettext
from django.utils.translation import gettext as _

from aftersales.core import keyset, masking
from aftersales.core.auth import Actor
from aftersales.core.models import Shop, User
from refunds.models import Refund
from refunds.models.refunds import NEVER
from refunds.states import GOODS_KINDS, OPEN_EXCHANGES, OPEN_STATES, REFUND, Kind, Reason, RefundStatus

from .happening import then_words

S = RefundStatus
MINE = "mine"
EVERYTHING = "all"
COUNT_CAP = 1000
TABS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    MINE: (gettext_lazy("Mine"), OPEN_STATES),
    "seller": (gettext_lazy("To decide"), (S.WAIT_SELLER_AGREE,)),
    "return": (gettext_lazy("To be returned"), (S.WAIT_BUYER_RETURN_GOODS,)),
    "receive": (gettext_lazy("To be received"), (S.WAIT_SELLER_CONFIRM_GOODS,)),
    "refused": (gettext_lazy("Refused"), (S.SELLER_REFUSE_BUYER,)),
    "goods": (gettext_lazy("Exchanges"), OPEN_EXCHANGES),
    "paying": (gettext_lazy("Paying"), (S.WAIT_SYSTEM_TRANSFER,)),
    EVERYTHING: (gettext_lazy("All"), ()),
}
ORDERINGS = {"urgent": ("urgent_at", "id"), "newest": ("-id",), "oldest": ("id",)}
_COLUMNS = (
    "urgent_at",
    "id",
    "refund_no",
    "version",
    "status",
    "flow",
    "kind",
    "reason",
    "amount_fen",
    "summary",
    "attempt",
    "refusals",
    "in_dispute",
    "due_at",
    "due_action",
    "due_against_shop",
    "due_paused",
    "order__buyer__nick",
    "order__freight_insurance",
    "assignee__display_name",
    "shop__name",
)
COLUMNS: dict[str, str | Promise] = {
    "due": gettext_lazy("Time left, then"),
    "kind": gettext_lazy("Kind and reason"),
    "money": gettext_lazy("Amount"),
    "goods": gettext_lazy("Goods"),
    "buyer": gettext_lazy("Buyer"),
    "signs": gettext_lazy("Signs"),
    "owner": gettext_lazy("Owner"),
    "state": gettext_lazy("State"),
    "shop": gettext_lazy("Shop"),
}
"""The columns that may be chosen; the mark and the number are always there, the number first or after the time left."""
USUAL_COLUMNS = ("due", "kind", "money", "goods", "buyer", "signs", "owner")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see in the queue; empty means all."""

    tab: str = "seller"
    kind: Sequence[str] = ()
    reason: Sequence[str] = ()
    owner: Sequence[str] = ()
    least_fen: int | None = None
    most_fen: int | None = None
    disputed: bool = False
    sort: str = "urgent"
    shop_id: int | None = None
    status: Sequence[str] = ()
    shop: Sequence[str] = ()

    @property
    def filtered(self) -> bool:
        """Whether less than the whole tab is asked for."""
        amounts = self.least_fen is not None or self.most_fen is not None
        return amounts or bool(self.kind or self.reason or self.owner or self.disputed or self.status or self.shop)


def queue_rows(actor: Actor, wanted: Wanted) -> QuerySet[Refund, Any]:
    """Give the rows that somebody wants, unordered, of the shops that he sees."""
    rows: QuerySet[Refund, Any] = Refund.objects.all()
    statuses = TABS[wanted.tab][1]
    if wanted.status:  # of those that the tab holds; on "all", of all
        statuses = tuple(one for one in (statuses or tuple(REFUND.labels)) if one in wanted.status) or ("",)
    if wanted.shop_id is not None and actor.sees(wanted.shop_id):
        rows = rows.filter(shop_id=wanted.shop_id)
    else:
        rows = actor.visible(rows)
    if wanted.tab == MINE:
        rows = rows.filter(assignee_id=actor.user_id)
    if len(statuses) == 1:
        rows = rows.filter(status=statuses[0])
    elif statuses:
        rows = rows.filter(status__in=statuses)
    elif wanted.sort == "urgent":
        rows = rows.filter(status__in=OPEN_STATES)
    for name, values in (("kind", wanted.kind), ("reason", wanted.reason)):
        if len(values) == 1:  # equality is looked up in the index, IN costs its order
            rows = rows.filter(**{name: values[0]})
        elif values:
            rows = rows.filter(**{f"{name}__in": list(values)})
    if len(wanted.shop) == 1:
        rows = rows.filter(shop_id=Subquery(Shop.objects.filter(code=wanted.shop[0]).values("pk")))
    elif wanted.shop:
        rows = rows.filter(shop_id__in=Shop.objects.filter(code__in=list(wanted.shop)).values("pk"))
    if wanted.owner:
        rows = rows.filter(_owned(wanted.owner))
    if wanted.least_fen is not None:
        rows = rows.filter(amount_fen__gte=wanted.least_fen)
    if wanted.most_fen is not None:
        rows = rows.filter(amount_fen__lte=wanted.most_fen)
    if wanted.disputed:
        rows = rows.filter(in_dispute=True)
    return rows


def _owned(names: Sequence[str]) -> Q:
    """Say whose requests; each owner is one value, so that the index of a person's requests gives them in order."""
    owned = Q()
    for name in names:
        owned |= Q(assignee=None if name == "none" else Subquery(User.objects.filter(username=name).values("pk")))
    return owned


def queue_page(actor: Actor, wanted: Wanted, params: QueryDict) -> keyset.Page[Any]:
    """Give one page of the queue, as tuples of `_COLUMNS`, in one statement."""
    ordering = ORDERINGS[wanted.sort]
    columns = _COLUMNS if wanted.sort == "urgent" else ("id", "urgent_at", *_COLUMNS[2:])
    return keyset.page(queue_rows(actor, wanted).values_list(*columns), params, ordering)


def rendered(page: keyset.Page[Any], columns: Sequence[str] = USUAL_COLUMNS) -> list[SafeString]:
    """Give the rows of a page as markup with these columns, rendering only rows that were not rendered before."""
    language = get_language() or "zh-hans"
    take = itemgetter("row", "pick", *cell_order(columns), "end")
    # The cells were rendered, and so escaped, by the template.
    return [SafeString("".join(take(_row_cells(language, *row[2:])))) for row in page.rows]


def cell_order(columns: Sequence[str]) -> list[str]:
    """Give the columns of the table: the number always is one, and follows the time left where that comes first."""
    chosen = list(columns)
    chosen.insert(1 if chosen[:1] == ["due"] else 0, "no")
    return chosen


@lru_cache(maxsize=20_000)
def _row_cells(language: str, *values: Any) -> dict[str, str]:
    """Take the rendered row apart: no value can hold a "<td", for what is not markup is escaped."""
    row, *cells = _row_markup(language, *values).removesuffix("</tr>").split('<td class="c-')
    found = {re.split(r"\W", cell, maxsplit=1)[0]: f'<td class="c-{cell}' for cell in cells}
    return {"row": row, "end": "</tr>", **found}


def _row_markup(language: str, *values: Any) -> SafeString:
    row = dict(zip(_COLUMNS[2:], values, strict=True))
    with override(language):
        shown = {
            "id": row["refund_no"],
            "no": row["refund_no"],
            "url": reverse("tickets:request_detail", args=[row["refund_no"]]),
            "version": f"{row['version']}-{hash(values) & 0xFFFFFF:x}",
            "due_at": None if row["due_paused"] or row["due_at"] == NEVER else row["due_at"],
            "then": then_words(status=row["status"], flow=row["flow"], action=row["due_action"]),
            "against_shop": row["due_against_shop"],
            "kind": Kind(row["kind"]).label,
            "reason": Reason(row["reason"]).label,
            "amount_fen": None if row["kind"] in GOODS_KINDS else row["amount_fen"],
            "goods": row["summary"],
            "buyer": masking.mask_name(row["order__buyer__nick"]),
            "signs": _signs(row),
            "owner": row["assignee__display_name"] or "",
            "state": REFUND.labels[row["status"]],
            "shop": row["shop__name"],
        }
        markup: SafeString = _template().render({"row": shown})
        return markup


@lru_cache(maxsize=1)
def _template() -> Any:
    return get_template("components/_queue_row.html")


def _signs(row: dict[str, Any]) -> list[dict[str, str]]:
    signs = []
    if row["in_dispute"]:
        signs.append(
            {"text": pgettext("sign", "Platform"), "tip": _("The platform has stepped in; deadlines stand still.")}
        )
    if row["attempt"] > 1:
        signs.append(
            {"text": _("No. %(n)s") % {"n": row["attempt"]}, "tip": _("The buyer applies again for the same goods.")}
        )
    if row["refusals"]:
        signs.append({"text": _("Refused %(n)s×") % {"n": row["refusals"]}, "tip": _("Refused before.")})
    if row["order__freight_insurance"]:
        signs.append({"text": _("Insured"), "tip": _("The order carries return-freight insurance.")})
    return signs


def queue_counts(actor: Actor, shop_id: int | None = None) -> dict[str, int]:
    """Count what each tab holds, in one statement: exact for the states, from the tallies; up to a cap for "mine"."""
    shops = [shop_id] if shop_id is not None and actor.sees(shop_id) else None
    if shops is None and actor.shop_ids is not None:
        shops = sorted(actor.shop_ids)
    where = "WHERE shop_id = ANY(%s)" if shops is not None else ""
    states = ", ".join(f"'{state}'" for state in OPEN_STATES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT status, sum(amount) FROM refunds_tally {where} GROUP BY status
            UNION ALL
            SELECT 'mine', count(*) FROM (
              SELECT 1 FROM refunds_refund WHERE assignee_id = %s AND status IN ({states}) LIMIT {COUNT_CAP}) own
            """,
            [*([shops] if shops is not None else []), actor.user_id],
        )
        found = {status: int(amount) for status, amount in cursor.fetchall()}
    counts = {key: sum(found.get(status, 0) for status in statuses) for key, (_label, statuses) in TABS.items()}
    counts[MINE] = found.get("mine", 0)
    counts[EVERYTHING] = sum(amount for status, amount in found.items() if status != "mine")
    return counts


def next_case(actor: Actor, *, after: str = "", shop_id: int | None = None) -> str:
    """Give the number of the most urgent request that waits for a decision, leaving out the one at hand."""
    rows = queue_rows(actor, Wanted(shop_id=shop_id)).exclude(refund_no=after)
    return rows.order_by("urgent_at", "id").values_list("refund_no", flat=True).first() or ""
