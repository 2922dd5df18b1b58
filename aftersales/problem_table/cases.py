"""Problems of orders and requests, of money and of goods."""

from django.utils.translation import gettext_lazy as _

from aftersales.core.problem_kinds import Kind

STATE = _("States and rules")
MONEY = _("Money")
GOODS = _("Goods and parcels")

KINDS = (
    Kind(
        "conflict",
        409,
        STATE,
        _("It is not possible in the present state."),
        _("Read the object again: `detail` says what is in the way, and `rule`, where given, why."),
    ),
    Kind(
        "transition_not_allowed",
        409,
        STATE,
        _("This step does not exist from the present state."),
        _("`status_now` names the state, `allowed_actions` what is possible from it for you."),
    ),
    Kind(
        "stale_version",
        412,
        STATE,
        _("Somebody changed it since you looked."),
        _("Read it again, look whether your decision still holds, and send it with the new version."),
    ),
    Kind(
        "rule_violation",
        422,
        STATE,
        _("It is well formed, but a rule does not allow it."),
        _("The member `rule` names the rule, `detail` what it wants. Nothing was saved."),
    ),
    Kind(
        "order_lines_fixed",
        422,
        STATE,
        _("The order is registered with other lines or amounts; those are fixed from the first time on."),
        _("Leave lines and amounts as they were; states, notes and the receiver may change."),
        (
            "ORD-2",
            "AMT-1",
        ),
    ),
    Kind(
        "request_open",
        409,
        STATE,
        _("A line of this order has an open request already."),
        _("Modify that request, or wait until it is closed."),
        ("APP-4",),
    ),
    Kind(
        "kind_not_available",
        422,
        STATE,
        _("This kind of request is not handled here yet."),
        _("Ask for a refund, a return or an exchange; `kinds` of the order's refundable lines says what is possible."),
        ("APP-1",),
    ),
    Kind(
        "confirmation_required",
        409,
        STATE,
        _(
            "Something has to be known before goods leave: the buyer has asked for a refund of them, or a replacement "
            "would go before its return shows a scan."
        ),
        _(
            "`rule` says which. Ask the buyer, then send again with `buyer_consented` true or false; or look on the "
            "carrier's site for the return, then send again with `scan_seen` true."
        ),
        ("RFD-2", "EXC-4"),
    ),
    Kind(
        "needs_supervisor",
        422,
        STATE,
        _("The law decides such a case for the buyer, so refusing it is for a supervisor."),
        _("Agree, or hand the case to a supervisor; `predicted` says how it would be decided."),
        ("LAW-1",),
    ),
    Kind(
        "despite_law_required",
        422,
        STATE,
        _("The law decides such a case for the buyer; it can be refused only by saying why all the same."),
        _("Agree, or send `despite_law` with the reason."),
        ("LAW-1",),
    ),
    Kind(
        "evidence_closed",
        409,
        STATE,
        _("The time for evidence is over."),
        _("Wait for the platform's decision; `until` says when the time ended."),
        ("TMO-11",),
    ),
    Kind(
        "not_refunded",
        409,
        MONEY,
        _("The money has not left yet."),
        _("Look at the payment of the request: it is promised, under way or failed."),
        ("ARR-1",),
    ),
    Kind(
        "not_overdue",
        409,
        MONEY,
        _("The money may still be under way."),
        _("Wait for the day that `detail` names, then report it again."),
        ("ARR-3",),
    ),
    Kind(
        "nobody_to_ask",
        409,
        MONEY,
        _("Only a person knows what came of this payment."),
        _("Finance confirms it with the reference, or says that it failed."),
        ("PAY-9",),
    ),
    Kind(
        "not_on_its_way",
        409,
        MONEY,
        _("It is certain already what came of this payment."),
        _("Read it again; nothing has to be asked."),
        ("PAY-9",),
    ),
    Kind(
        "payee_erased",
        409,
        MONEY,
        _("Account and name were erased, since they were needed no longer."),
        _("Ask the buyer again if the money has to move once more."),
        ("LAW-7",),
    ),
    Kind(
        "resolved_already",
        409,
        MONEY,
        _("Somebody has looked into it already."),
        _("Read it again to see by whom and why."),
    ),
    Kind(
        "promised_already",
        409,
        GOODS,
        _("This gift is promised with the order already."),
        _("Nothing has to be done; another gift needs another name."),
        ("MIS-3",),
    ),
    Kind(
        "gift_promised",
        409,
        GOODS,
        _("The buyer was promised a gift, and nobody has said whether it is in the parcel."),
        _("Look into the parcel and send again with `gifts_in` true or false."),
        ("MIS-3",),
    ),
    Kind(
        "owed_already",
        409,
        GOODS,
        _("This gift is owed to the buyer already."),
        _("See the yellow note of the order."),
        ("MIS-3",),
    ),
    Kind(
        "reported_already",
        409,
        GOODS,
        _("These goods were reported as missing before, and it is settled."),
        _("Read the report; only one that is being looked into can be made anew."),
        (
            "MIS-1",
            "MIS-3",
        ),
    ),
    Kind(
        "claimed_already",
        409,
        GOODS,
        _("These goods of the parcel are claimed already."),
        _("Go on with the claim that `claim_no` names."),
        ("CLM-1",),
    ),
    Kind(
        "void_answered",
        409,
        GOODS,
        _("Somebody has answered this line."),
        _("Read the line; `answered_by` and `answered_at` say who and when."),
        ("VOI-2",),
    ),
    Kind(
        "void_overtaken",
        409,
        GOODS,
        _("The request of this line went another way before it was answered."),
        _("Read the request; a parcel that left all the same is told as a late answer."),
        ("VOI-4",),
    ),
)
