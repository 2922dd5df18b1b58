"""Addresses of the routes of parcels and receipt, below /api/v1/, of the warehouse's pages, and of hooks."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from logistics.api import claims, return_advice, return_parcels, shipments, shipping, voids
from logistics.views import carriers, claim_dialogs, packing, parcels, unclaimed, warehouse
from logistics.views import claims as claim_pages
from logistics.views import hooks as hook_views
from logistics.views import voids as void_pages

_ORDER, _REFUND = "orders/<number:order_no>", "refunds/<number:refund_no>"
_LIST_PAGE = "void-lists/<str:list_no>"
_CLAIM = "claims/<number:claim_no>"
_CLAIM_PAGE = "claims/<str:claim_no>"

urlpatterns = [
    path(f"{_ORDER}/ship", shipping.OrderShip.as_view(), name="order-ship"),
    path(f"{_ORDER}/confirm-receipt", shipping.OrderConfirmReceipt.as_view(), name="order-confirm-receipt"),
    path(f"{_REFUND}/void-result", shipping.RefundVoidResult.as_view(), name="refund-void-result"),
    path(f"{_REFUND}/return-shipment", shipping.RefundReturnShipment.as_view(), name="refund-return-shipment"),
    path(f"{_REFUND}/ship-replacement", shipping.RefundShipReplacement.as_view(), name="refund-ship-replacement"),
    path(f"{_REFUND}/receive", shipping.RefundReceive.as_view(), name="refund-receive"),
    path("void-lists", voids.VoidLists.as_view(), name="void-lists"),
    path("void-lists/<number:list_no>", voids.VoidListDetail.as_view(), name="void-list"),
    path("void-lists/<number:list_no>/answers", voids.VoidListAnswers.as_view(), name="void-list-answers"),
    path("claims", claims.ClaimList.as_view(), name="claim-list"),
    path("claims/stamp", claims.ClaimsStamp.as_view(), name="claims-stamp"),
    path(_CLAIM, claims.ClaimDetail.as_view(), name="claim-detail"),
    path(f"{_CLAIM}/stamp", claims.ClaimStamp.as_view(), name="claim-stamp"),
    path(f"{_CLAIM}/hand-over", claims.ClaimHandOver.as_view(), name="claim-hand-over"),
    path(f"{_CLAIM}/submit", claims.ClaimSubmit.as_view(), name="claim-submit"),
    path(f"{_CLAIM}/accept", claims.ClaimAccept.as_view(), name="claim-accept"),
    path(f"{_CLAIM}/reject", claims.ClaimReject.as_view(), name="claim-reject"),
    path(f"{_CLAIM}/appeal", claims.ClaimAppeal.as_view(), name="claim-appeal"),
    path(f"{_CLAIM}/record-payment", claims.ClaimRecordPayment.as_view(), name="claim-record-payment"),
    path(f"{_CLAIM}/write-off", claims.ClaimWriteOff.as_view(), name="claim-write-off"),
    path(f"{_CLAIM}/withdraw", claims.ClaimWithdraw.as_view(), name="claim-withdraw"),
    path(f"{_REFUND}/return-advice", return_advice.RefundReturnAdvice.as_view(), name="refund-return-advice"),
    path("shipments", shipments.ShipmentList.as_view(), name="shipment-list"),
    path("return-parcels", return_parcels.ReturnParcelList.as_view(), name="return-parcel-list"),
    path(
        "return-parcels/<number:unclaimed_no>/match",
        return_parcels.ReturnParcelMatch.as_view(),
        name="return-parcel-match",
    ),
    path(
        "return-parcels/<number:unclaimed_no>/unmatch",
        return_parcels.ReturnParcelUnmatch.as_view(),
        name="return-parcel-unmatch",
    ),
]

pages = [
    path("warehouse/", warehouse.warehouse, name="warehouse"),
    path("warehouse/pack/", packing.Pack.as_view(), name="pack"),
    path("warehouse/unclaimed/new/", unclaimed.Record.as_view(), name="unclaimed-new"),
    path("warehouse/unclaimed/<str:unclaimed_no>/match/", unclaimed.Match.as_view(), name="unclaimed-match"),
    path("warehouse/unclaimed/<str:unclaimed_no>/unmatch/", unclaimed.Unmatch.as_view(), name="unclaimed-unmatch"),
    path("warehouse/unclaimed/<str:unclaimed_no>/settle/", unclaimed.Settle.as_view(), name="unclaimed-settle"),
    path("warehouse/<str:refund_no>/void/", warehouse.VoidAnswer.as_view(), name="void"),
    path("warehouse/<str:refund_no>/send/", warehouse.Send.as_view(), name="send"),
    path("warehouse/<str:refund_no>/receive/", warehouse.Receive.as_view(), name="receive"),
    path("void-lists/", void_pages.void_lists, name="void_lists"),
    path("void-lists/new/", void_pages.Make.as_view(), name="void_list_make"),
    path(f"{_LIST_PAGE}/", void_pages.void_list, name="void_list"),
    path(f"{_LIST_PAGE}/export/", void_pages.export, name="void_list_export"),
    path(f"{_LIST_PAGE}/answers/", void_pages.AnswerMany.as_view(), name="void_list_answers"),
    path(f"{_LIST_PAGE}/<str:listed_no>/", void_pages.AnswerLine.as_view(), name="void_list_answer"),
    path("carriers/", carriers.carriers, name="carriers"),
    path("carriers/new/", carriers.CarrierNew.as_view(), name="carrier_new"),
    path("carriers/try/", carriers.trial, name="carrier_try"),
    path("carriers/<str:code>/", carriers.CarrierEdit.as_view(), name="carrier"),
    path("parcels/", parcels.parcels, name="parcels"),
    path("parcels/<int:attention_id>/settle/", parcels.Settle.as_view(), name="parcel_settle"),
    path("claims/", claim_pages.claims, name="claims"),
    path("claims/new/", claim_dialogs.Draft.as_view(), name="claim_draft"),
    path("claims/stamp/", claim_dialogs.StampMany.as_view(), name="claims_stamp"),
    path("claims/carriers/", claim_pages.carriers, name="claims_by_carrier"),
    path(f"{_CLAIM_PAGE}/", claim_pages.claim, name="claim"),
    path(f"{_CLAIM_PAGE}/slip/", claim_pages.slip, name="claim_slip"),
    path(f"{_CLAIM_PAGE}/serve/", claim_dialogs.Serve.as_view(), name="claim_serve"),
    path(f"{_CLAIM_PAGE}/edit/", claim_dialogs.Edit.as_view(), name="claim_edit"),
    path(f"{_CLAIM_PAGE}/stamp/", claim_dialogs.Stamp.as_view(), name="claim_stamp"),
    path(f"{_CLAIM_PAGE}/hand-over/", claim_dialogs.HandOver.as_view(), name="claim_hand_over"),
    path(f"{_CLAIM_PAGE}/submit/", claim_dialogs.Submit.as_view(), name="claim_submit"),
    path(f"{_CLAIM_PAGE}/accept/", claim_dialogs.Accept.as_view(), name="claim_accept"),
    path(f"{_CLAIM_PAGE}/reject/", claim_dialogs.Reject.as_view(), name="claim_reject"),
    path(f"{_CLAIM_PAGE}/appeal/", claim_dialogs.Appeal.as_view(), name="claim_appeal"),
    path(f"{_CLAIM_PAGE}/record-payment/", claim_dialogs.RecordPayment.as_view(), name="claim_record_payment"),
    path(f"{_CLAIM_PAGE}/write-off/", claim_dialogs.WriteOff.as_view(), name="claim_write_off"),
    path(f"{_CLAIM_PAGE}/withdraw/", claim_dialogs.Withdraw.as_view(), name="claim_withdraw"),
]

hooks = [path("kuaidi100/", hook_views.kuaidi100, name="kuaidi100-push")]
