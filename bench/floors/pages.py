"""Pages and lists without anything around them: the same rows, signed in."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template import engines
from django.urls import path

from refunds.models import Refund
from refunds.states import RefundStatus

from . import rest

MIDDLEWARE = (
    "bench.floors.pages.with_own_routes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
ROWS = 50
TEMPLATE = """<!DOCTYPE html>
{% load console %}<html><head><title>Requests</title></head><body><p>{{ user }}</p><table>
<thead><tr><th>Time left<th>Number<th>Kind<th>Amount<th>Goods<th>Buyer<th>Signs<th>Owner</tr></thead>
<tbody>{% for refund in refunds %}
<tr>
  <td><input type="checkbox" name="pick" value="{{ refund.refund_no }}"></td>
  <td>{% if refund.due_at %}<time datetime="{{ refund.due_at|date:'c' }}">{{ refund.due_at|date:'m-d H:i' }}</time>
    <span>{{ refund.due_action }}</span>{% endif %}</td>
  <td><a href="{% url 'request' refund.refund_no %}">{{ refund.refund_no }}</a></td>
  <td>{{ refund.get_kind_display }} <span>{{ refund.get_reason_display }}</span></td>
  <td>¥{{ refund.amount_fen|yuan }}</td>
  <td title="{{ refund.summary }}">{{ refund.summary }}</td>
  <td>{{ refund.order.buyer.nick }}</td>
  <td>{% if refund.in_dispute %}<span>Platform</span>{% endif %}
    {% if refund.attempt > 1 %}<span>No. {{ refund.attempt }}</span>{% endif %}
    {% if refund.refusals %}<span>Refused {{ refund.refusals }}×</span>{% endif %}
    {% if refund.order.freight_insurance %}<span>Insured</span>{% endif %}</td>
  <td>{{ refund.assignee.display_name|default:'' }}</td>
</tr>{% endfor %}</tbody></table></body></html>
"""


def with_own_routes(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer from the routes below."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__
        return get_response(request)

    return answer


@lru_cache(maxsize=1)
def template() -> Any:
    """Compile the template once, as the cached loader does."""
    return engines["django"].from_string(TEMPLATE)


def waiting() -> Any:
    """Give the rows of the tab "to decide"."""
    return Refund.objects.filter(status=RefundStatus.WAIT_SELLER_AGREE).order_by("urgent_at", "id")


@login_required
def html(request: HttpRequest) -> HttpResponse:
    """Render model instances with a Django template."""
    refunds = waiting().select_related("order__buyer", "assignee")[:ROWS]
    return HttpResponse(template().render({"refunds": refunds}, request))


@login_required
def values(request: HttpRequest) -> HttpResponse:
    """Send plain values as JSON."""
    columns = ("refund_no", "version", "status", "kind", "reason", "amount_fen", "summary", "attempt", "refusals")
    joined = ("due_at", "due_action", "in_dispute", "order__buyer__nick", "assignee__display_name")
    return JsonResponse({"rows": list(waiting().values(*columns, *joined)[:ROWS])})


@login_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("")


urlpatterns = [
    path("html", html),
    path("values", values),
    path("nothing", nothing),
    path("requests/<str:refund_no>", nothing, name="request"),
    path("refunds", rest.RefundList.as_view()),
    path("refunds-flat", rest.FlatList.as_view()),
    path("apply", rest.Apply.as_view()),
    path("orders", rest.Register.as_view()),
    path("refunds/<str:refund_no>/agree", rest.Agree.as_view()),
]
