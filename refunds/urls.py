"""Addresses of the routes of requests, evidence and payments, below /api/v1/, and of finance's pages."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from refunds.api import (
    arrival,
    differences,
    evidence,
    exchanges,
    payments,
    payouts,
    payouts_unmoved,
    proposals,
    refunds,
)
from refunds.views import arrival as arrival_pages
from refunds.views import hooks as hook_views
from refunds.views import payments as payment_pages
from refunds.views import payout_approvals, payout_dialogs, reconciliation
from refunds.views import payouts as payout_pages

_REFUND = "refunds/<number:refund_no>"
_PROPOSAL = f"{_REFUND}/proposals/<int:number>"
_PAYMENT = "payments/<number:payment_no>"
_PAYOUT = "payouts/<number:payout_no>"
_PROOF_PAGE = "requests/<str:refund_no>/arrival/proof"
_PAYOUT_PAGE = "payouts/<str:payout_no>"

urlpatterns = [
    path("orders/<number:order_no>/refundable", refunds.OrderRefundable.as_view(), name="order-refundable"),
    path("refunds", refunds.RefundList.as_view(), name="refund-list"),
    path(_REFUND, refunds.RefundDetail.as_view(), name="refund-detail"),
    path(f"{_REFUND}/cancel", refunds.RefundCancel.as_view(), name="refund-cancel"),
    path(f"{_REFUND}/intervention", refunds.RefundIntervention.as_view(), name="refund-intervention"),
    path(f"{_REFUND}/messages", refunds.RefundMessages.as_view(), name="refund-messages"),
    path(f"{_REFUND}/agree", refunds.RefundAgree.as_view(), name="refund-agree"),
    path(f"{_REFUND}/refuse", refunds.RefundRefuse.as_view(), name="refund-refuse"),
    path(f"{_REFUND}/dispute-evidence", refunds.RefundDisputeEvidence.as_view(), name="refund-dispute-evidence"),
    path(f"{_REFUND}/decision", refunds.RefundDecision.as_view(), name="refund-decision"),
    path(f"{_REFUND}/settle", refunds.RefundSettle.as_view(), name="refund-settle"),
    path(f"{_REFUND}/promise-first", exchanges.RefundPromiseFirst.as_view(), name="refund-promise-first"),
    path(f"{_REFUND}/settle-difference", exchanges.RefundSettleDifference.as_view(), name="refund-settle-difference"),
    path(f"{_REFUND}/confirm-received", exchanges.RefundConfirmReceived.as_view(), name="refund-confirm-received"),
    path(f"{_REFUND}/delivery-proved", exchanges.RefundDeliveryProved.as_view(), name="refund-delivery-proved"),
    path(f"{_REFUND}/to-refund", exchanges.RefundToRefund.as_view(), name="refund-to-refund"),
    path(f"{_REFUND}/guide", proposals.RefundGuide.as_view(), name="refund-guide"),
    path(f"{_REFUND}/proposals", proposals.RefundProposals.as_view(), name="refund-proposals"),
    path(f"{_PROPOSAL}/accept", proposals.ProposalAccept.as_view(), name="proposal-accept"),
    path(f"{_PROPOSAL}/decline", proposals.ProposalDecline.as_view(), name="proposal-decline"),
    path(f"{_PROPOSAL}/withdraw", proposals.ProposalWithdraw.as_view(), name="proposal-withdraw"),
    path(f"{_REFUND}/insurance", arrival.RefundInsurance.as_view(), name="refund-insurance"),
    path(f"{_REFUND}/arrival", arrival.RefundArrival.as_view(), name="refund-arrival"),
    path(f"{_REFUND}/arrival/proof.pdf", arrival.RefundProof.as_view(), name="refund-arrival-proof"),
    path(f"{_REFUND}/arrival/proof.png", arrival.RefundProofPicture.as_view(), name="refund-arrival-proof-picture"),
    path("evidence", evidence.EvidenceUpload.as_view(), name="evidence-upload"),
    path("evidence/<slug:evidence_id>", evidence.EvidenceFile.as_view(), name="evidence-file"),
    path("evidence/<slug:evidence_id>/thumbnail", evidence.EvidenceThumbnail.as_view(), name="evidence-thumbnail"),
    path("payments", payments.PaymentList.as_view(), name="payment-list"),
    path(_PAYMENT, payments.PaymentDetail.as_view(), name="payment-detail"),
    path(f"{_PAYMENT}/confirm", payments.PaymentConfirm.as_view(), name="payment-confirm"),
    path(f"{_PAYMENT}/fail", payments.PaymentFail.as_view(), name="payment-fail"),
    path(f"{_PAYMENT}/report-unmoved", payments.PaymentReportUnmoved.as_view(), name="payment-report-unmoved"),
    path(f"{_PAYMENT}/accept-unmoved", payments.PaymentAcceptUnmoved.as_view(), name="payment-accept-unmoved"),
    path(f"{_PAYMENT}/send-again", payments.PaymentSendAgain.as_view(), name="payment-send-again"),
    path(f"{_PAYMENT}/ask", payments.PaymentAsk.as_view(), name="payment-ask"),
    path("differences", differences.DifferenceList.as_view(), name="difference-list"),
    path("differences/<int:difference_id>", differences.DifferenceDetail.as_view(), name="difference-detail"),
    path("differences/<int:difference_id>/resolve", differences.DifferenceResolve.as_view(), name="difference-resolve"),
    path("payouts", payouts.PayoutList.as_view(), name="payout-list"),
    path("payouts/approve", payouts.PayoutsApprove.as_view(), name="payouts-approve"),
    path(_PAYOUT, payouts.PayoutDetail.as_view(), name="payout-detail"),
    path(f"{_PAYOUT}/submit", payouts.PayoutSubmit.as_view(), name="payout-submit"),
    path(f"{_PAYOUT}/approve", payouts.PayoutApprove.as_view(), name="payout-approve"),
    path(f"{_PAYOUT}/reject", payouts.PayoutReject.as_view(), name="payout-reject"),
    path(f"{_PAYOUT}/withdraw", payouts.PayoutWithdraw.as_view(), name="payout-withdraw"),
    path(f"{_PAYOUT}/correct-payee", payouts.PayoutCorrectPayee.as_view(), name="payout-correct-payee"),
    path(f"{_PAYOUT}/confirm", payouts.PayoutConfirm.as_view(), name="payout-confirm"),
    path(f"{_PAYOUT}/fail", payouts.PayoutFail.as_view(), name="payout-fail"),
    path(f"{_PAYOUT}/report-unmoved", payouts_unmoved.PayoutReportUnmoved.as_view(), name="payout-report-unmoved"),
    path(f"{_PAYOUT}/accept-unmoved", payouts_unmoved.PayoutAcceptUnmoved.as_view(), name="payout-accept-unmoved"),
    path(f"{_PAYOUT}/send-again", payouts.PayoutSendAgain.as_view(), name="payout-send-again"),
    path(f"{_PAYOUT}/ask", payouts.PayoutAsk.as_view(), name="payout-ask"),
    path(f"{_PAYOUT}/reveal", payouts.PayoutReveal.as_view(), name="payout-reveal"),
]

hooks = [path("alipay/notify", hook_views.alipay, name="alipay-notify")]

pages = [
    path(f"{_PROOF_PAGE}/", arrival_pages.proof_page, {"form": "pdf"}, name="arrival_proof"),
    path(f"{_PROOF_PAGE}/picture/", arrival_pages.proof_page, {"form": "png"}, name="arrival_proof_picture"),
    path("requests/<str:refund_no>/insurance/record/", arrival_pages.Insurance.as_view(), name="insurance"),
    path("requests/<str:refund_no>/arrival/follow/", arrival_pages.Follow.as_view(), name="arrival_follow"),
    path("payments/", payment_pages.payments, name="payments"),
    path("payments/<str:payment_no>/confirm/", payment_pages.Confirm.as_view(), name="payment_confirm"),
    path("payments/<str:payment_no>/fail/", payment_pages.Fail.as_view(), name="payment_fail"),
    path("payments/<str:payment_no>/unmoved/", payment_pages.ReportUnmoved.as_view(), name="payment_report_unmoved"),
    path("payments/<str:payment_no>/agree/", payment_pages.AcceptUnmoved.as_view(), name="payment_accept_unmoved"),
    path("payments/notices/<int:notice_id>/", payment_pages.Resolve.as_view(), name="notice_resolve"),
    path("payments/<str:payment_no>/good/", payment_pages.MadeGood.as_view(), name="payment_good"),
    path("payments/<str:payment_no>/again/", payment_pages.SendAgain.as_view(), name="payment_send_again"),
    path("payments/<str:payment_no>/ask/", payment_pages.ask, name="payment_ask"),
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("reconciliation/<int:difference_id>/", reconciliation.Resolve.as_view(), name="difference_resolve"),
    path("payouts/", payout_pages.payouts, name="payouts"),
    path("payouts/new/", payout_dialogs.Open.as_view(), name="payout_open"),
    path("payouts/approve/", payout_approvals.ApproveMany.as_view(), name="payouts_approve"),
    path("payouts/approve/waiting/", payout_approvals.ApproveWaiting.as_view(), name="payouts_approve_waiting"),
    path("payouts/export/", payout_pages.Export.as_view(), name="payouts_export"),
    path(f"{_PAYOUT_PAGE}/", payout_pages.payout, name="payout"),
    path(f"{_PAYOUT_PAGE}/submit/", payout_dialogs.Submit.as_view(), name="payout_submit"),
    path(f"{_PAYOUT_PAGE}/edit/", payout_dialogs.Edit.as_view(), name="payout_edit"),
    path(f"{_PAYOUT_PAGE}/payee/", payout_dialogs.CorrectPayee.as_view(), name="payout_correct_payee"),
    path(f"{_PAYOUT_PAGE}/approve/", payout_dialogs.Approve.as_view(), name="payout_approve"),
    path(f"{_PAYOUT_PAGE}/reject/", payout_dialogs.Reject.as_view(), name="payout_reject"),
    path(f"{_PAYOUT_PAGE}/withdraw/", payout_dialogs.Withdraw.as_view(), name="payout_withdraw"),
    path(f"{_PAYOUT_PAGE}/confirm/", payout_dialogs.Confirm.as_view(), name="payout_confirm"),
    path(f"{_PAYOUT_PAGE}/fail/", payout_dialogs.Fail.as_view(), name="payout_fail"),
    path(f"{_PAYOUT_PAGE}/unmoved/", payout_dialogs.ReportUnmoved.as_view(), name="payout_report_unmoved"),
    path(f"{_PAYOUT_PAGE}/agree/", payout_dialogs.AcceptUnmoved.as_view(), name="payout_accept_unmoved"),
    path(f"{_PAYOUT_PAGE}/again/", payout_dialogs.SendAgain.as_view(), name="payout_send_again"),
    path(f"{_PAYOUT_PAGE}/ask/", payout_pages.ask, name="payout_ask"),
    path(f"{_PAYOUT_PAGE}/reveal/", payout_pages.reveal, name="payout_reveal"),
]
