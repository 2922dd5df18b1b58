"""The policy settings: what holds, since when, what is planned, and how a supervisor changes it."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import errors, policies
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import PolicyVersion, Role, Shop
from aftersales.core.views.access import open_to, require_role
from aftersales.core.views.dialogs import Dialog
from tickets.forms.policies import EVERYWHERE, PolicyForm
from tickets.selectors import policies as selectors

ADMIN = Role.ADMIN.value
LOOKERS = frozenset({SUPERVISOR, ADMIN})


def _shop_of(request: HttpRequest, shops: list[Shop], actor: Actor) -> Shop | None:
    """Give the shop that the address names; who sees only some shops starts at the first of them. Raises: NotFound."""
    code = request.GET.get("shop", "")
    if code:
        shop = next((one for one in shops if one.code == code), None)
        if shop is None:
            raise errors.NotFound()
        return shop
    return shops[0] if actor.shop_ids is not None and shops else None


@require_safe
@open_to(*LOOKERS)
def settings(request: HttpRequest) -> HttpResponse:
    """Show every setting in words, for all shops or for one."""
    actor = actor_of(request)
    shops = selectors.shops_seen(actor)
    shop = _shop_of(request, shops, actor)
    context = {
        "groups": selectors.settings_by_group(shop),
        "shop": shop,
        "tabs": _tabs(shops, shop, actor),
        "may_set": actor.may(policies.SET_POLICY),
    }
    return render(request, "tickets/policies.html", context)


def _tabs(shops: list[Shop], shop: Shop | None, actor: Actor) -> list[dict[str, Any]]:
    url = reverse("tickets:policies")
    tabs = [
        {"key": one.code, "url": f"{url}?shop={one.code}", "label": one.name, "active": one == shop} for one in shops
    ]
    if actor.shop_ids is None:
        tabs.insert(0, {"key": "all", "url": url, "label": _("All shops"), "active": shop is None})
    return tabs


class PolicySet(Dialog):
    """A new version of one setting, beside what held so far."""

    roles: ClassVar[frozenset[str]] = LOOKERS
    template_name = "tickets/policy_set.html"
    form_class = PolicyForm

    def load(self, **kwargs: Any) -> None:
        """Find the setting and the shop. Raises: NotFound."""
        self.key = kwargs["key"]
        self.definition = policies.definition(self.key)
        self.shops = selectors.shops_seen(self.actor)
        self.shop = _shop_of(self.request, self.shops, self.actor)
        if self.request.method == "POST":
            require_role(self.actor, frozenset({SUPERVISOR}))

    def form_kwargs(self) -> dict[str, Any]:
        """Fit the form to the setting and to the shops that this person may decide for."""
        return {"definition": self.definition, "shops": self.shops, "general": self.actor.shop_ids is None}

    def initial(self) -> dict[str, Any]:
        """Start from what holds."""
        stored = policies.explain(self.key, shop_id=self.shop.pk if self.shop else None).stored
        value = ("yes" if stored else "no") if self.definition.kind == "boolean" else stored
        return {"value": value, "scope": self.shop.code if self.shop else EVERYWHERE, "how": "set"}

    def context(self) -> dict[str, Any]:
        """Show what holds, its bounds and its history."""
        words = self.definition.words
        return {
            "setting": selectors.setting_of(self.key, self.shop),
            "versions": selectors.versions_of(self.key, self.shop),
            "shop": self.shop,
            "least": None if self.definition.minimum is None else words(self.definition.minimum),
            "most": None if self.definition.maximum is None else words(self.definition.maximum),
            "may_set": self.actor.may(policies.SET_POLICY),
        }

    def home(self) -> str:
        """Lead back to the settings."""
        return reverse("tickets:policies") + (f"?shop={self.shop.code}" if self.shop else "")

    def act(self, data: dict[str, Any]) -> str:
        """Put the new version in force."""
        shop = next((one for one in self.shops if one.code == data["scope"]), None)
        policies.set(
            key=self.key,
            value=data["value"],
            actor=self.actor,
            effective_at=data["effective_at"],
            note=data["note"],
            shop=shop,
        )
        return _("“%(label)s” is changed.") % {"label": self.definition.label}


class PolicyWithdraw(Dialog):
    """A version that is not in force yet is withdrawn."""

    roles: ClassVar[frozenset[str]] = frozenset({SUPERVISOR})
    template_name = "tickets/policy_withdraw.html"
    form_class = forms.Form
    version: PolicyVersion

    def load(self, **kwargs: Any) -> None:
        """Find the version. Raises: NotFound."""
        version = selectors.version_get(kwargs["version_id"])
        if version is None or (version.shop_id is not None and not self.actor.sees(version.shop_id)):
            raise errors.NotFound()
        self.version = version

    def context(self) -> dict[str, Any]:
        """Say what would not come."""
        definition = policies.definition(self.version.key)
        return {"version": self.version, "definition": definition, "words": selectors.version_words(self.version)}

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""

    def home(self) -> str:
        """Lead back to the settings."""
        return reverse("tickets:policies") + (f"?shop={self.version.shop.code}" if self.version.shop else "")

    def act(self, data: dict[str, Any]) -> str:
        """Withdraw it."""
        policies.withdraw(version_id=self.version.pk, actor=self.actor)
        return _("The planned change is withdrawn.")
