"""What one was told: the list behind the bell of the top bar."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.context_processors import forget_counts
from aftersales.core.machine import AGENT, SUPERVISOR
from aftersales.core.views.access import looking_actor, open_to
from tickets import services
from tickets.selectors import notifications as selectors

from .lists import chosen_tab, tabs_of

OWNERS = (AGENT, SUPERVISOR)


@require_safe
@open_to(*OWNERS)
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what this person was told, the newest first (TMO-17)."""
    actor = looking_actor(request)
    tab = chosen_tab(request, selectors.TABS)
    page = keyset.page(selectors.notifications_for(actor, tab), request.GET, selectors.ORDERING)
    counts = {"unread": selectors.unread_count(actor)}
    context = {
        "tab": tab,
        "tabs": tabs_of("tickets:notifications", tab, selectors.TABS, counts),
        "page": page,
        "rows": selectors.notification_rows(page.rows),
        "up_to": page.rows[0].pk if page.rows and counts["unread"] else None,
    }
    return render(request, "tickets/notifications.html", context)


@require_safe
@open_to(*OWNERS)
def open_news(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the request or ticket that the news is about; from then on it counts as read."""
    actor = actor_of(request)
    news = services.notification_read(user_id=_user_id(request), pk=pk)
    forget_counts(news.user_id)
    about = news.ticket or news.refund
    if about is None or not actor.sees(about.shop_id):
        raise errors.NotFound()
    if news.refund is not None:
        return redirect("tickets:request_detail", news.refund.refund_no)
    return redirect("tickets:ticket", about.ticket_no)


@require_POST
@open_to(*OWNERS)
def read(request: HttpRequest) -> HttpResponse:
    """Mark as read what was on the page and everything before it; what came since stays unread."""
    up_to = request.POST.get("up_to", "")
    if not up_to.isascii() or not up_to.isdigit() or len(up_to) > 18:
        raise errors.Malformed()
    user_id = _user_id(request)
    services.notifications_read(user_id=user_id, up_to=int(up_to))
    forget_counts(user_id)
    return redirect("tickets:notifications")


def _user_id(request: HttpRequest) -> int:
    user_id = actor_of(request).user_id
    assert user_id is not None, "only members of staff have a session"
    return user_id
