"""What every page of the console answers to whom. A page that is missing here fails the suite.

`reads` and `sends`: the roles that get through by GET and POST; None where the method is not there. `named`: whether
the address names an order, a request or a payment, so that those of a foreign shop and missing ones must be 404.
`hidden_first`: whether that is said before the role is looked at.
"""

from dataclasses import dataclass

ALL = frozenset({"agent", "warehouse", "finance", "supervisor", "goods", "admin"})
DESK = frozenset({"agent", "supervisor"})
FLOOR = DESK | {"warehouse"}
KEEPERS = frozenset({"supervisor", "warehouse"})
READERS = FLOOR | {"finance"}
FINANCE = frozenset({"finance"})
SUPERVISOR = frozenset({"supervisor"})
GOODS = frozenset({"goods"})
APPROVERS = FINANCE | SUPERVISOR
FIGURES = APPROVERS | {"goods", "admin"}
MONEY = DESK | FINANCE
OFFICE = SUPERVISOR | {"admin"}


@dataclass(frozen=True)
class Page:
    """Who gets through."""

    reads: frozenset[str] | None = None
    sends: frozenset[str] | None = None
    named: bool = False
    hidden_first: bool = False


_REQUEST, _ORDER, _PAYOUT = "requests/<str:refund_no>/", "orders/<str:order_no>/", "payouts/<str:payout_no>/"
_CLAIM, _TICKET = "claims/<str:claim_no>/", "tickets/<str:ticket_no>/"
_INVOICE = "invoices/<str:request_no>/"
_COMPLAINT = "complaints/<str:complaint_no>/"
_FEEDBACK = "feedback/<str:case_no>/"
_SURVEY = "surveys/<str:survey_no>/"
_SHEET = "service/<str:sheet_no>/"
_WARRANTY = "warranty/<str:order_no>/<str:line_no>/"
PAGE_TABLE = {
    "": Page(ALL),
    "logout/": Page(None, ALL),
    "account/two-step/": Page(ALL, ALL),
    "account/password/": Page(ALL, ALL),
    "account/language/": Page(None, ALL),
    "account/theme/": Page(None, ALL),
    "account/shop/": Page(None, ALL),
    "queue/": Page(ALL),
    "queue/take/": Page(None, ALL),
    "queue/hand-over/": Page(None, SUPERVISOR),
    "jobs/": Page(ALL),
    "jobs/<uuid:job_id>/": Page(ALL),
    "jobs/<uuid:job_id>/stop/": Page(None, ALL),
    "jobs/<uuid:job_id>/file/": Page(ALL),
    "views/<slug:listing>/export/": Page(ALL, ALL),
    "queue/bulk/": Page(DESK, DESK),
    "queue/columns/": Page(ALL, ALL),
    "views/<slug:listing>/save/": Page(ALL, ALL),
    "views/<int:pk>/rename/": Page(ALL, ALL),
    "views/<int:pk>/overwrite/": Page(ALL, ALL),
    "views/<int:pk>/delete/": Page(ALL, ALL),
    "search/": Page(ALL),
    "search/short/": Page(ALL),
    _ORDER: Page(READERS, named=True),
    f"{_ORDER}buyer/": Page(FLOOR, FLOOR, named=True),
    f"{_ORDER}buyer/file/": Page(DESK, named=True),
    f"{_ORDER}ship/": Page(FLOOR, FLOOR, named=True),
    f"{_ORDER}signed/": Page(FLOOR, FLOOR, named=True),
    f"{_ORDER}extend/": Page(DESK, DESK, named=True),
    f"{_ORDER}receipt/": Page(DESK, DESK, named=True),
    f"{_ORDER}faster/": Page(DESK, DESK, named=True),
    f"{_ORDER}parcels/<int:parcel_id>/untracked/": Page(DESK, DESK, named=True),
    f"{_ORDER}parcels/<int:parcel_id>/undeliverable/": Page(DESK, DESK, named=True),
    f"{_ORDER}parcels/<int:parcel_id>/recall/": Page(DESK, DESK, named=True),
    f"{_ORDER}parcels/<int:parcel_id>/missing/": Page(DESK, DESK, named=True),
    f"{_ORDER}gift/": Page(DESK, DESK, named=True),
    f"{_ORDER}gift/missing/": Page(DESK, DESK, named=True),
    f"{_ORDER}parcels/<int:parcel_id>/denied/": Page(DESK, DESK, named=True),
    f"{_ORDER}note/": Page(READERS, READERS, named=True),
    f"{_ORDER}notes/<int:note_id>/good/": Page(FLOOR, FLOOR, named=True),
    _REQUEST: Page(ALL, named=True),
    f"{_REQUEST}live/": Page(ALL, named=True),
    f"{_REQUEST}next/": Page(ALL, named=True),
    f"{_REQUEST}buyer/": Page(FLOOR, FLOOR, named=True),
    f"{_REQUEST}arrival/proof/": Page(READERS, named=True),
    f"{_REQUEST}arrival/proof/picture/": Page(READERS, named=True),
    f"{_REQUEST}arrival/follow/": Page(MONEY, MONEY, named=True),
    f"{_REQUEST}insurance/record/": Page(MONEY, MONEY, named=True),
    f"{_REQUEST}macro/": Page(READERS, READERS, named=True),
    f"{_TICKET}macro/": Page(READERS, READERS, named=True),
    f"{_REQUEST}take/": Page(None, DESK, named=True, hidden_first=True),
    f"{_REQUEST}release/": Page(None, DESK, named=True, hidden_first=True),
    f"{_REQUEST}tasks/<int:task_id>/done/": Page(None, ALL, named=True, hidden_first=True),
    f"{_REQUEST}debts/<int:note_id>/settled/": Page(None, FLOOR, named=True, hidden_first=True),
    f"{_REQUEST}<slug:action>/": Page(DESK, DESK, named=True, hidden_first=True),
    "deadlines/": Page(OFFICE | DESK),
    "deadlines/<int:pk>/retry/": Page(SUPERVISOR, SUPERVISOR),
    "disputes/": Page(OFFICE | DESK),
    "notifications/": Page(DESK),
    "notifications/read/": Page(None, DESK),
    "notifications/<int:pk>/": Page(DESK),
    "approvals/": Page(APPROVERS),
    "team/": Page(OFFICE),
    "team/wall/": Page(OFFICE),
    "team/hand-over/": Page(None, SUPERVISOR),
    "team/<int:user_id>/": Page(OFFICE),
    "team/assignment/": Page(OFFICE),
    "team/assignment/<int:user_id>/": Page(SUPERVISOR, SUPERVISOR),
    "presence/": Page(None, frozenset({"agent"})),
    "presence/here/": Page(None, ALL),
    "settings/notifications/": Page(DESK, DESK),
    "robots/": Page(SUPERVISOR),
    "robots/new/": Page(SUPERVISOR, SUPERVISOR),
    "robots/<int:robot_id>/switch/": Page(None, SUPERVISOR),
    "robots/<int:robot_id>/test/": Page(None, SUPERVISOR),
    "robots/<int:robot_id>/delete/": Page(None, SUPERVISOR),
    "robots/messages/<int:dispatch_id>/again/": Page(None, SUPERVISOR),
    "operations/": Page(OFFICE),
    "help/states/": Page(ALL),
    "help/states/<slug:name>/": Page(ALL),
    "orders/import/": Page(OFFICE, OFFICE),
    "orders/import/<uuid:run_id>/": Page(OFFICE),
    "orders/import/<uuid:run_id>/result/": Page(OFFICE),
    "payments/": Page(FINANCE | SUPERVISOR),
    "payments/<str:payment_no>/confirm/": Page(FINANCE, FINANCE, named=True),
    "payments/<str:payment_no>/fail/": Page(FINANCE, FINANCE, named=True),
    "payments/<str:payment_no>/unmoved/": Page(FINANCE, FINANCE, named=True),
    "payments/<str:payment_no>/agree/": Page(APPROVERS, APPROVERS, named=True),
    "payments/<str:payment_no>/again/": Page(FINANCE, FINANCE, named=True),
    "payments/<str:payment_no>/good/": Page(FINANCE, FINANCE, named=True),
    "payments/<str:payment_no>/ask/": Page(None, FINANCE, named=True),
    "payments/notices/<int:notice_id>/": Page(FINANCE, FINANCE, named=True),
    "payouts/": Page(MONEY),
    "payouts/new/": Page(MONEY, MONEY, named=True),
    "payouts/approve/": Page(APPROVERS, APPROVERS, named=True),
    "payouts/approve/waiting/": Page(APPROVERS, APPROVERS),
    "payouts/export/": Page(APPROVERS),
    _PAYOUT: Page(MONEY, named=True),
    f"{_PAYOUT}submit/": Page(MONEY, MONEY, named=True),
    f"{_PAYOUT}edit/": Page(MONEY, MONEY, named=True),
    f"{_PAYOUT}payee/": Page(MONEY, MONEY, named=True),
    f"{_PAYOUT}approve/": Page(APPROVERS, APPROVERS, named=True),
    f"{_PAYOUT}reject/": Page(APPROVERS, APPROVERS, named=True),
    f"{_PAYOUT}withdraw/": Page(MONEY, MONEY, named=True),
    f"{_PAYOUT}confirm/": Page(FINANCE, FINANCE, named=True),
    f"{_PAYOUT}fail/": Page(FINANCE, FINANCE, named=True),
    f"{_PAYOUT}unmoved/": Page(FINANCE, FINANCE, named=True),
    f"{_PAYOUT}agree/": Page(APPROVERS, APPROVERS, named=True),
    f"{_PAYOUT}again/": Page(FINANCE, FINANCE, named=True),
    f"{_PAYOUT}ask/": Page(None, FINANCE, named=True),
    f"{_PAYOUT}reveal/": Page(FINANCE, FINANCE, named=True),
    "reconciliation/": Page(APPROVERS, APPROVERS),
    "reconciliation/<int:difference_id>/": Page(FINANCE, FINANCE, named=True),
    "invoices/": Page(MONEY),
    "invoices/new/": Page(MONEY, MONEY, named=True),
    _INVOICE: Page(MONEY, named=True),
    f"{_INVOICE}correct/": Page(DESK, DESK, named=True),
    f"{_INVOICE}send-back/": Page(APPROVERS, APPROVERS, named=True),
    f"{_INVOICE}issue/": Page(FINANCE, FINANCE, named=True),
    f"{_INVOICE}tell/": Page(MONEY, MONEY, named=True),
    f"{_INVOICE}withdraw/": Page(DESK, DESK, named=True),
    f"{_INVOICE}reverse/": Page(FINANCE, FINANCE, named=True),
    "carriers/": Page(FLOOR | {"admin"}),
    "carriers/new/": Page(SUPERVISOR, SUPERVISOR),
    "carriers/try/": Page(FLOOR | {"admin"}),
    "carriers/<str:code>/": Page(FLOOR | {"admin"}, SUPERVISOR),
    "tickets/": Page(READERS),
    "tickets/hand-over/": Page(READERS, READERS),
    "tickets/new/": Page(READERS, READERS),
    _TICKET: Page(READERS, named=True),
    **{
        f"{_TICKET}{step}/": Page(READERS, READERS, named=True)
        for step in (
            "plan",
            "wait",
            "take-up",
            "assign",
            "resolve",
            "reopen",
            "note",
            "contact",
            "reply",
            "promise",
            "link",
        )
    },
    f"{_TICKET}close/": Page(DESK, DESK, named=True),
    f"{_TICKET}merge/": Page(DESK, DESK, named=True),
    "service/": Page(FLOOR),
    "service/today/": Page(FLOOR),
    "service/files/": Page(FLOOR),
    "service/files/new/": Page(FLOOR, FLOOR, named=True),
    "service/files/<str:file_no>/accepted/": Page(FLOOR, FLOOR, named=True),
    "service/new/": Page(DESK, DESK, named=True),
    _SHEET: Page(FLOOR, named=True),
    f"{_SHEET}paper/": Page(FLOOR, named=True),
    **{
        f"{_SHEET}{step}/": Page(FLOOR, FLOOR, named=True)
        for step in "set_out repair quote accept decline pay finish receive find send_back make_up".split()
    },
    **{
        f"{_SHEET}{step}/": Page(DESK, DESK, named=True)
        for step in "assign archive accept_terms expect call solve ask_free cancel".split()
    },
    **{f"{_SHEET}{step}/": Page(SUPERVISOR, SUPERVISOR, named=True) for step in ("approve_free", "bill")},
    "complaints/": Page(DESK),
    "complaints/new/": Page(DESK, DESK, named=True),
    _COMPLAINT: Page(DESK, named=True),
    **{
        f"{_COMPLAINT}{step}/": Page(DESK, DESK, named=True)
        for step in ("reply", "escalate", "postpone", "malicious", "settle", "close", "withdraw")
    },
    f"{_COMPLAINT}malicious/approve/": Page(SUPERVISOR, SUPERVISOR, named=True),
    f"{_COMPLAINT}malicious/refuse/": Page(SUPERVISOR, SUPERVISOR, named=True),
    "reports/": Page(FIGURES),
    "reports/cases/": Page(FIGURES),
    "reports/charts/": Page(FIGURES),
    "reports/export/": Page(FIGURES, FIGURES),
    "reports/campaign/": Page(FIGURES),
    "reports/campaign/<slug:figure>/": Page(FIGURES, named=True),
    "feedback/": Page(DESK | GOODS),
    "feedback/new/": Page(DESK, DESK, named=True),
    _FEEDBACK: Page(DESK | GOODS, named=True),
    **{
        f"{_FEEDBACK}{step}/": Page(SUPERVISOR | GOODS, SUPERVISOR | GOODS, named=True)
        for step in ("take", "answer", "close")
    },
    f"{_FEEDBACK}reopen/": Page(SUPERVISOR, SUPERVISOR, named=True),
    "surveys/": Page(DESK),
    "surveys/answers/": Page(DESK),
    "surveys/calls/": Page(DESK),
    _SURVEY: Page(DESK, named=True),
    **{f"{_SURVEY}{step}/": Page(DESK, DESK, named=True) for step in ("reach", "miss", "refuse", "wrong-number")},
    "parcels/": Page(FLOOR),
    "parcels/<int:attention_id>/settle/": Page(FLOOR, FLOOR, named=True),
    _WARRANTY: Page(READERS, named=True),
    f"{_WARRANTY}serial/": Page(FLOOR, FLOOR, named=True),
    "claims/": Page(READERS),
    "claims/new/": Page(DESK, DESK, named=True),
    "claims/stamp/": Page(FINANCE, FINANCE, named=True),
    "claims/carriers/": Page(READERS),
    _CLAIM: Page(READERS, named=True),
    f"{_CLAIM}slip/": Page(READERS, named=True),
    f"{_CLAIM}serve/": Page(DESK, DESK, named=True),
    f"{_CLAIM}edit/": Page(DESK, DESK, named=True),
    f"{_CLAIM}stamp/": Page(FINANCE, FINANCE, named=True),
    f"{_CLAIM}hand-over/": Page(READERS - {"agent"}, READERS - {"agent"}, named=True),
    f"{_CLAIM}submit/": Page(READERS, READERS, named=True),
    f"{_CLAIM}accept/": Page(READERS, READERS, named=True),
    f"{_CLAIM}reject/": Page(READERS, READERS, named=True),
    f"{_CLAIM}appeal/": Page(READERS, READERS, named=True),
    f"{_CLAIM}record-payment/": Page(FINANCE, FINANCE, named=True),
    f"{_CLAIM}write-off/": Page(APPROVERS, APPROVERS, named=True),
    f"{_CLAIM}withdraw/": Page(DESK, DESK, named=True),
    "playbook/": Page(OFFICE | DESK),
    "playbook/program/": Page(OFFICE | DESK),
    "playbook/new/": Page(SUPERVISOR, SUPERVISOR),
    "playbook/<int:version_id>/": Page(OFFICE | DESK),
    "playbook/<int:version_id>/rules/<int:place>/": Page(SUPERVISOR, SUPERVISOR),
    "playbook/<int:version_id>/rules/<int:place>/move/": Page(None, SUPERVISOR),
    "playbook/<int:version_id>/trial/": Page(SUPERVISOR, SUPERVISOR),
    "playbook/<int:version_id>/trial/latest/": Page(SUPERVISOR),
    "playbook/<int:version_id>/publish/": Page(SUPERVISOR, SUPERVISOR),
    "playbook/<int:version_id>/withdraw/": Page(SUPERVISOR, SUPERVISOR),
    "replies/": Page(READERS),
    "replies/new/": Page(READERS, READERS),
    "replies/<int:pk>/": Page(READERS),
    "replies/<int:pk>/edit/": Page(READERS, READERS),
    "replies/<int:pk>/switch/": Page(READERS, READERS),
    "replies/pick/": Page(READERS),
    "policies/": Page(OFFICE),
    "policies/<str:key>/": Page(OFFICE, SUPERVISOR),
    "policies/versions/<int:version_id>/withdraw/": Page(SUPERVISOR, SUPERVISOR),
    "tasks/": Page(READERS | {"admin"}),
    "tasks/<int:pk>/done/": Page(READERS, READERS),
    "webhooks/": Page(OFFICE),
    "webhooks/<int:webhook_id>/": Page(OFFICE, named=True),
    "webhooks/<int:webhook_id>/ping/": Page(None, OFFICE, named=True),
    "webhooks/<int:webhook_id>/switch/": Page(None, OFFICE, named=True),
    "webhooks/<int:webhook_id>/messages/<int:delivery_id>/": Page(OFFICE, named=True),
    "webhooks/<int:webhook_id>/messages/<int:delivery_id>/again/": Page(None, OFFICE, named=True),
    "warehouse/": Page(frozenset({"warehouse", "supervisor"})),
    "warehouse/pack/": Page(FLOOR, FLOOR),
    "warehouse/unclaimed/new/": Page(FLOOR, FLOOR),
    "warehouse/unclaimed/<str:unclaimed_no>/match/": Page(FLOOR, FLOOR, named=True),
    "warehouse/unclaimed/<str:unclaimed_no>/unmatch/": Page(FLOOR, FLOOR, named=True),
    "warehouse/unclaimed/<str:unclaimed_no>/settle/": Page(FLOOR, FLOOR, named=True),
    "warehouse/<str:refund_no>/void/": Page(FLOOR, FLOOR, named=True),
    "warehouse/<str:refund_no>/send/": Page(FLOOR, FLOOR, named=True),
    "warehouse/<str:refund_no>/receive/": Page(FLOOR, FLOOR, named=True),
    "void-lists/": Page(FLOOR),
    "void-lists/new/": Page(KEEPERS, KEEPERS, named=True),
    "void-lists/<str:list_no>/": Page(FLOOR, named=True),
    "void-lists/<str:list_no>/export/": Page(FLOOR, named=True),
    "void-lists/<str:list_no>/answers/": Page(KEEPERS, KEEPERS, named=True),
    "void-lists/<str:list_no>/<str:listed_no>/": Page(KEEPERS, KEEPERS, named=True),
}
