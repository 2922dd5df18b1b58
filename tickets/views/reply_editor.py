"""The pages on which ready words are kept: the list, one with its history, and the dialogs that change them (TKT-3)."""

from typing import Any, ClassVar

from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Shop
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import Dialog
from tickets.forms import replies as forms
from tickets.models import CannedReply, ReplyCategory, ReplySituation
from tickets.selectors import replies
from tickets.selectors.replies.known import visible_to
from tickets.selectors.ticket_rows import shops_of
from tickets.services import reply_keeping as services
from tickets.states import WORKERS

from .replies import LANGUAGES, language_of

VERSIONS = 100


@require_safe
@open_to(*WORKERS)
def listed(request: HttpRequest) -> HttpResponse:
    """List the words of teams and one's own, newest first, and below them those of the program."""
    actor, language = actor_of(request), language_of(request)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:64]
    rows = visible_to(actor).filter(language=language).select_related("shop", "owner", "updated_by")
    if asked:
        rows = rows.filter(Q(title__icontains=asked) | Q(text__icontains=asked) | Q(shortcut=asked.lower()))
    defaults = [
        {"key": one.key, "title": one.title[language], "text": one.text[language], "shortcut": one.shortcut}
        | {"category": ReplyCategory(one.category).label, "situation": ReplySituation(one.situation).label}
        for one in replies.DEFAULTS.values()
        if asked.lower() in f"{one.title[language]} {one.text[language]} {one.shortcut}".lower()
    ]
    context = {
        "page": keyset.page(rows, request.GET, ("-id",)),
        "defaults": defaults,
        "asked": asked,
        "language": language,
        "languages": [(code, "中文" if code == "zh-hans" else "English") for code in LANGUAGES],
        "may_replace": actor.role == SUPERVISOR,
    }
    return render(request, "tickets/replies.html", context)


@require_safe
@open_to(*WORKERS)
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Show words with their history: who changed what, the last first."""
    actor = actor_of(request)
    found = replies.reply_get_for(actor, pk)
    context = {
        "reply": found,
        "replaced": replies.DEFAULTS.get(found.default_key),
        "versions": found.versions.select_related("created_by")[:VERSIONS],
        "may_edit": services.may_edit(actor, own=found.owner_id is not None, shop_id=found.shop_id),
    }
    return render(request, "tickets/reply.html", context)


class New(Dialog):
    """New words; `?default=` names the program's words that they replace."""

    roles = WORKERS
    template_name = "tickets/reply_edit.html"
    form_class = forms.NewWordsForm

    def load(self, **kwargs: Any) -> None:
        """Find what is replaced. Raises: NotFound, Forbidden for who is no supervisor."""
        key = self.request.GET.get("default", "")
        self.replaced = replies.DEFAULTS.get(key)
        if key and self.replaced is None:
            raise errors.NotFound()
        supervises = self.actor.role == SUPERVISOR
        if self.replaced is not None and not supervises:
            raise errors.Forbidden()
        self.shops: list[Shop] = list(shops_of(self.actor)) if supervises else []
        self.everywhere = supervises and self.actor.shop_ids is None

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the places that he may write for."""
        return {"shops": self.shops, "everywhere": self.everywhere, "replaces": self.replaced is not None}

    def initial(self) -> dict[str, Any]:
        """Begin with the words that are replaced."""
        language = language_of(self.request)
        if (one := self.replaced) is None:
            return {"language": language, "category": ReplyCategory.SOLUTION}
        words = {"title": one.title[language], "text": one.text[language], "shortcut": one.shortcut}
        return words | {"language": language, "category": one.category, "situation": one.situation}

    def context(self) -> dict[str, Any]:
        """Name the variables."""
        return {"variables": replies.VARIABLES, "title": _("New ready words")}

    def act(self, data: dict[str, Any]) -> str:
        """Keep them."""
        place, language = data.pop("place"), data.pop("language")
        data.pop("version")
        shop = next((one for one in self.shops if one.code == place), None)
        key = self.replaced.key if self.replaced is not None else ""
        where = services.Place(place == forms.OWN, language, shop, key)
        services.reply_write(actor=self.actor, place=where, words=data)
        return _("The words are kept.")

    def home(self) -> str:
        """Lead to the list."""
        return reverse("tickets:replies")

    def draft_key(self) -> str:
        """Keep a draft for each of the program's words."""
        return f"dialog:{self.request.get_full_path()}"


class Change(Dialog):
    """Other words."""

    roles = WORKERS
    template_name = "tickets/reply_edit.html"
    form_class: ClassVar[type[Form]] = forms.WordsForm
    found: CannedReply

    def load(self, **kwargs: Any) -> None:
        """Find them. Raises: NotFound, Forbidden where they are not his to change."""
        self.found = replies.reply_get_for(self.actor, kwargs["pk"])
        if not services.may_edit(self.actor, own=self.found.owner_id is not None, shop_id=self.found.shop_id):
            raise errors.Forbidden()

    def initial(self) -> dict[str, Any]:
        """Show what stands there."""
        return forms.first_values(self.found)

    def context(self) -> dict[str, Any]:
        """Name the variables."""
        return {"variables": replies.VARIABLES, "title": self.found.title, "reply": self.found}

    def act(self, data: dict[str, Any]) -> str:
        """Change them."""
        version = data.pop("version") or 0
        services.reply_change(reply=self.found, actor=self.actor, version=version, words=data)
        return _("The words are changed.")

    def home(self) -> str:
        """Lead back to their page."""
        return reverse("tickets:reply", args=[self.found.pk])


class Switch(Change):
    """Off, or on again."""

    template_name = "tickets/reply_switch.html"
    form_class = forms.SwitchForm

    def act(self, data: dict[str, Any]) -> str:
        """Switch them."""
        on = not self.found.is_active
        words = {"is_active": on}
        services.reply_change(reply=self.found, actor=self.actor, version=data["version"], words=words)
        return _("The words are in use again.") if on else _("The words are switched off.")

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""
