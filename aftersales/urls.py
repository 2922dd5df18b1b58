"""Every route of the project, by inclusion. Views live in the apps."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from aftersales.core import urls as core
from aftersales.core.api import health
from complaints import urls as complaints
from feedback import urls as feedback
from invoices import urls as invoices
from logistics import urls as logistics
from orders import urls as orders
from refunds import urls as refunds
from reports import urls as reports
from service import urls as service
from surveys import urls as surveys
from tickets import urls as tickets
from warranty import urls as warranty

version_1: list[URLPattern | URLResolver] = [
    path("", include("orders.urls")),
    path("", include("refunds.urls")),
    path("", include("logistics.urls")),
    path("", include("invoices.urls")),
    path("", include("complaints.urls")),
    path("", include("warranty.urls")),
    path("", include("feedback.urls")),
    path("", include("surveys.urls")),
    path("", include("service.urls")),
    path("", include("reports.urls")),
    path("", include(tickets.api)),
    path("", include(core.api)),
]
api: list[URLPattern | URLResolver] = [
    path("v1/", include(version_1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *health.urlpatterns,
    path("api/", include(api)),
    path("hooks/", include(refunds.hooks)),
    path("hooks/", include(logistics.hooks)),
    path("admin/", admin.site.urls),
    path("", include("aftersales.core.urls")),
    path("", include((orders.pages, "orders"))),
    path("", include((refunds.pages, "refunds"))),
    path("", include((logistics.pages, "logistics"))),
    path("", include((invoices.pages, "invoices"))),
    path("", include((complaints.pages, "complaints"))),
    path("", include((warranty.pages, "warranty"))),
    path("", include((feedback.pages, "feedback"))),
    path("", include((surveys.pages, "surveys"))),
    path("", include((service.pages, "service"))),
    path("", include((reports.pages, "reports"))),
    path("", include("tickets.urls")),
]

handler400 = "aftersales.core.pages.bad_request"
handler403 = "aftersales.core.pages.permission_denied"
handler404 = "aftersales.core.pages.page_not_found"
handler500 = "aftersales.core.pages.server_error"
