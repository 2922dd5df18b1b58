"""Routes of the core, over REST below /api/v1/ and as pages: signing in, one's own account, jobs, webhooks, help."""

from django.urls import path

from aftersales.core.api import webhooks as webhook_routes
from aftersales.core.views import jobs, problems, session, states, webhooks

app_name = "core"

_WEBHOOK = "webhooks/<int:webhook_id>"

api = [
    path("webhooks", webhook_routes.WebhookList.as_view(), name="webhook-list"),
    path(_WEBHOOK, webhook_routes.WebhookDetail.as_view(), name="webhook-detail"),
    path(f"{_WEBHOOK}/rotate-secret", webhook_routes.WebhookRotate.as_view(), name="webhook-rotate"),
    path(f"{_WEBHOOK}/ping", webhook_routes.WebhookPing.as_view(), name="webhook-ping"),
    path(f"{_WEBHOOK}/deliveries", webhook_routes.DeliveryList.as_view(), name="webhook-deliveries"),
    path(
        f"{_WEBHOOK}/deliveries/<int:delivery_id>/redeliver",
        webhook_routes.DeliveryRedeliver.as_view(),
        name="webhook-redeliver",
    ),
]

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("login/code/", session.second_step, name="otp"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("account/two-step/", session.otp_setup, name="otp_setup"),
    path("account/password/", session.Password.as_view(), name="password"),
    path("account/language/", session.language, name="language"),
    path("account/theme/", session.theme, name="theme"),
    path("account/shop/", session.shop, name="shop"),
    path("help/states/", states.states, name="states"),
    path("help/states/<slug:name>/", states.picture, name="state_picture"),
    path("problems/", problems.problems, name="problems"),
    path("problems/<slug:code>", problems.problem, name="problem"),
    path("jobs/", jobs.jobs_list, name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job_row, name="job"),
    path("jobs/<uuid:job_id>/stop/", jobs.job_stop, name="job_stop"),
    path("jobs/<uuid:job_id>/file/", jobs.job_file, name="job_file"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path(f"{_WEBHOOK}/", webhooks.webhook, name="webhook"),
    path(f"{_WEBHOOK}/ping/", webhooks.ping, name="webhook_ping"),
    path(f"{_WEBHOOK}/switch/", webhooks.switch, name="webhook_switch"),
    path(f"{_WEBHOOK}/messages/<int:delivery_id>/", webhooks.message, name="webhook_message"),
    path(f"{_WEBHOOK}/messages/<int:delivery_id>/again/", webhooks.redeliver, name="webhook_redeliver"),
]
