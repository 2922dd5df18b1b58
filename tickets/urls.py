"""Routes of the workbench, and its one below /api/v1/."""

from django.urls import path

from orders import urls as order_urls  # noqa: F401 – registers the converter `number`
from tickets.api import RefundRecommendation
from tickets.api import tickets as ticket_routes
from tickets.views import (
    actions,
    approvals,
    disclosing,
    enquiries,
    gifts,
    keys,
    lists,
    missing,
    notifications,
    operations,
    orders,
    playbook,
    policies,
    queue,
    requests,
    team,
    telling,
    ticket_dialogs,
    ticket_hand_over,
)
from tickets.views import tickets as ticket_pages

app_name = "tickets"

_PARCEL = "orders/<str:order_no>/parcels/<int:parcel_id>"

urlpatterns = [
    path("", queue.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/take/", queue.take, name="take"),
    path("queue/hand-over/", queue.hand_over, name="hand_over"),
    path("search/", queue.search, name="search"),
    path("orders/<str:order_no>/", orders.order_detail, name="order_detail"),
    path("orders/<str:order_no>/buyer/", disclosing.of_order, name="order_disclose"),
    path("orders/<str:order_no>/ship/", orders.Ship.as_view(), name="order_ship"),
    path("orders/<str:order_no>/signed/", orders.Sign.as_view(), name="order_sign"),
    path("orders/<str:order_no>/extend/", orders.Extend.as_view(), name="order_extend"),
    path("orders/<str:order_no>/receipt/", orders.Receipt.as_view(), name="order_receipt"),
    path("orders/<str:order_no>/faster/", enquiries.FasterCarrier.as_view(), name="order_faster"),
    path(f"{_PARCEL}/untracked/", enquiries.Untracked.as_view(), name="parcel_untracked"),
    path(f"{_PARCEL}/undeliverable/", enquiries.Undeliverable.as_view(), name="parcel_undeliverable"),
    path(f"{_PARCEL}/missing/", missing.Missing.as_view(), name="parcel_missing"),
    path(f"{_PARCEL}/denied/", enquiries.Denied.as_view(), name="parcel_denied"),
    path(f"{_PARCEL}/recall/", enquiries.Recall.as_view(), name="parcel_recall"),
    path("orders/<str:order_no>/gift/", gifts.GiftPromised.as_view(), name="order_gift"),
    path("orders/<str:order_no>/gift/missing/", gifts.GiftMissing.as_view(), name="order_gift_missing"),
    path("orders/<str:order_no>/note/", orders.NoteAdd.as_view(), name="order_note"),
    path("orders/<str:order_no>/notes/<int:note_id>/good/", orders.NoteSettle.as_view(), name="order_note_settle"),
    path("tickets/", ticket_pages.tickets, name="tickets"),
    path("tickets/hand-over/", ticket_hand_over.hand_over, name="tickets_hand_over"),
    path("tickets/new/", ticket_dialogs.Open.as_view(), name="ticket_open"),
    path("tickets/<str:ticket_no>/", ticket_pages.ticket, name="ticket"),
    *(
        path(f"tickets/<str:ticket_no>/{name.replace('_', '-')}/", view.as_view(), name=f"ticket_{name}")
        for name, view in ticket_dialogs.DIALOGS.items()
    ),
    path("tasks/", lists.tasks, name="tasks"),
    path("tasks/<int:pk>/done/", lists.TaskDone.as_view(), name="task_done"),
    path("deadlines/", lists.deadlines, name="deadlines"),
    path("deadlines/<int:pk>/retry/", lists.DeadlineRetry.as_view(), name="deadline_retry"),
    path("disputes/", lists.disputes, name="disputes"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("team/", team.board, name="team"),
    path("team/wall/", team.wall, name="team_wall"),
    path("team/hand-over/", team.hand_over, name="team_hand_over"),
    path("team/<int:user_id>/", team.colleague, name="team_colleague"),
    path("settings/notifications/", telling.news_settings, name="news_settings"),
    path("robots/", telling.robots, name="robots"),
    path("robots/new/", telling.RobotNew.as_view(), name="robot_new"),
    path("robots/<int:robot_id>/switch/", telling.robot_switch, name="robot_switch"),
    path("robots/<int:robot_id>/test/", telling.robot_test, name="robot_test"),
    path("robots/<int:robot_id>/delete/", telling.robot_delete, name="robot_delete"),
    path("robots/messages/<int:dispatch_id>/again/", telling.dispatch_again, name="dispatch_again"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read, name="notifications_read"),
    path("notifications/<int:pk>/", notifications.open_news, name="notification"),
    path("policies/", policies.settings, name="policies"),
    path("policies/<str:key>/", policies.PolicySet.as_view(), name="policy_set"),
    path("policies/versions/<int:version_id>/withdraw/", policies.PolicyWithdraw.as_view(), name="policy_withdraw"),
    path("playbook/", playbook.playbook, name="playbook"),
    path("playbook/program/", playbook.program, name="playbook_program"),
    path("playbook/new/", playbook.DraftStart.as_view(), name="playbook_draft"),
    path("playbook/<int:version_id>/", playbook.version, name="playbook_version"),
    path("playbook/<int:version_id>/rules/<int:place>/", playbook.RuleEdit.as_view(), name="playbook_rule"),
    path("playbook/<int:version_id>/rules/<int:place>/move/", playbook.move, name="playbook_move"),
    path("playbook/<int:version_id>/trial/", playbook.TrialStart.as_view(), name="playbook_try"),
    path("playbook/<int:version_id>/trial/latest/", playbook.trial, name="playbook_trial"),
    path("playbook/<int:version_id>/publish/", playbook.Publish.as_view(), name="playbook_publish"),
    path("playbook/<int:version_id>/withdraw/", playbook.Withdraw.as_view(), name="playbook_withdraw"),
    path("operations/", operations.operations, name="operations"),
    path("requests/<str:refund_no>/", requests.detail, name="request_detail"),
    path("requests/<str:refund_no>/live/", requests.live, name="request_live"),
    path("requests/<str:refund_no>/next/", requests.next_case, name="request_next"),
    path("requests/<str:refund_no>/buyer/", disclosing.of_request, name="request_disclose"),
    path("requests/<str:refund_no>/take/", actions.take, name="request_take"),
    path("requests/<str:refund_no>/release/", actions.release, name="request_release"),
    path("requests/<str:refund_no>/tasks/<int:task_id>/done/", actions.task_done, name="request_task_done"),
    path("requests/<str:refund_no>/debts/<int:note_id>/settled/", actions.debt_settled, name="request_debt_settled"),
    path("requests/<str:refund_no>/<slug:action>/", actions.action, name="request_action"),
]

api = [
    path("refunds/<number:refund_no>/recommendation", RefundRecommendation.as_view(), name="refund-recommendation"),
    path("tickets", ticket_routes.TicketList.as_view(), name="tickets"),
    path("tickets/<number:ticket_no>", ticket_routes.TicketDetail.as_view(), name="ticket"),
    *(
        path(f"tickets/<number:ticket_no>/{step}", view.as_view(), name=f"ticket-{step}")
        for step, view in (
            ("plan", ticket_routes.TicketPlan),
            ("wait", ticket_routes.TicketWait),
            ("take-up", ticket_routes.TicketTakeUp),
            ("assign", ticket_routes.TicketAssign),
            ("hand-over", ticket_routes.TicketHandOver),
            ("note", ticket_routes.TicketNotes),
            ("reply", ticket_routes.TicketReply),
            ("task", ticket_routes.TicketTask),
            ("resolve", ticket_routes.TicketResolve),
            ("reopen", ticket_routes.TicketReopen),
            ("close", ticket_routes.TicketClose),
            ("merge", ticket_routes.TicketMerge),
        )
    ),
]

keys.register()
