"""What a person chose about his news, and the group robots with what is on its way to them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import Shop, User
from tickets.models import NewsDispatch, NewsKind, NewsPreference, Robot

ORDERING = ("-id",)


def preference_of(user: User) -> NewsPreference:
    """Give what a person chose, or what holds for those who chose nothing."""
    return NewsPreference.objects.filter(user=user).first() or NewsPreference(user=user)


def preference_rows(preference: NewsPreference, always: frozenset[str]) -> list[dict[str, Any]]:
    """Give a line for each kind of news: whether it counts in the page and is mailed, and what cannot be changed."""
    return [
        {
            "kind": kind.value,
            "label": kind.label,
            "in_page": kind not in preference.silent,
            "by_mail": kind in preference.by_mail,
            "fixed": kind.value in always,
        }
        for kind in NewsKind
    ]


def mails_of(user: User) -> list[NewsDispatch]:
    """Give the last digests of a person."""
    return list(NewsDispatch.objects.filter(user=user).order_by("-pk")[:5])


def robots_for(actor: Actor) -> list[Robot]:
    """Give the robots of the actor's shops with how much waits and is parked, by shop and name."""
    rows = actor.visible(Robot.objects.select_related("shop").defer("url", "secret"))
    waits, parked = Q(dispatches__status="pending"), Q(dispatches__status="parked")
    counted = rows.annotate(waiting=Count("dispatches", filter=waits), parked=Count("dispatches", filter=parked))
    return list(counted.order_by("shop__name", "name", "pk")[:200])


def robot_get_for(actor: Actor, robot_id: int) -> Robot:
    """Return a robot that the actor sees. Raises: NotFound."""
    robot: Robot | None = actor.visible(Robot.objects.all()).filter(pk=robot_id).first()
    if robot is None:
        raise errors.NotFound()
    return robot


def dispatches(actor: Actor) -> QuerySet[NewsDispatch]:
    """Give what was for the robots of the actor's shops, unordered."""
    rows = NewsDispatch.objects.filter(robot__isnull=False).select_related("robot__shop")
    return actor.visible(rows.defer("robot__url", "robot__secret"), "robot__shop_id")


def dispatch_get_for(actor: Actor, dispatch_id: int) -> NewsDispatch:
    """Return a robot's message that the actor sees. Raises: NotFound."""
    found = dispatches(actor).filter(pk=dispatch_id).first()
    if found is None:
        raise errors.NotFound()
    return found


def kind_words(kinds: Sequence[str]) -> list[str]:
    """Say which kinds these are."""
    return [str(NewsKind(kind).label) for kind in kinds if kind in NewsKind.values]


def shops_for(actor: Actor) -> QuerySet[Shop]:
    """Give the shops that the actor sees, by name."""
    return actor.visible(Shop.objects.order_by("name"), "pk")
