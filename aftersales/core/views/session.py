"""Signing in and out, the second step, one's password, language, theme and shop. No business page lives here.

A lock-out after too many failures is django-axes' doing: it answers with templates/core/locked.html.
"""

import time
from base64 import b32encode
from typing import Any, cast

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as auth_login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import devices_for_user
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from aftersales.core.context_processors import SHOP_SESSION_KEY, THEME_COOKIE, THEMES
from aftersales.core.forms import CodeForm, LoginForm, PasswordForm
from aftersales.core.models import Shop, User

PENDING = "pending_sign_in"
PENDING_SECONDS = 300
CODE_TRIES = 5
COOKIE_SECONDS = 365 * 24 * 60 * 60


def _next(request: HttpRequest) -> str:
    """Return where the caller wanted to go if that is on this site, else the start page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    """Store a preference of this browser; an empty one is forgotten."""
    if value:
        response.set_cookie(
            name, value, max_age=COOKIE_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
    else:
        response.delete_cookie(name, samesite="Lax")


class SignIn(LoginView):
    """Ask for name and password; whoever has set up the second step is sent on to it before a session begins."""

    template_name = "core/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """Return the page that was asked for, if it is on this site."""
        return _next(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin the session, or remember for five minutes who is halfway in."""
        user = cast(User, form.get_user())
        if not any(devices_for_user(user)):
            auth_login(self.request, user)
            return _welcome(self.request, user, self.get_success_url())
        self.request.session.cycle_key()
        self.request.session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,  # set by authenticate()
            "at": time.time(),
            "tries": 0,
            "next": self.get_success_url(),
        }
        return redirect("core:otp")


@sensitive_post_parameters()
@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """Take the code of the authenticator app. After five wrong ones, or five minutes, one starts again.

    A wrong code counts towards the lock-out like a wrong password; django-otp slows guesses down by itself.
    """
    pending: dict[str, Any] = request.session.get(PENDING) or {}
    user = User.objects.filter(pk=pending.get("user", 0), is_active=True).first()
    if user is None or time.time() - pending["at"] > PENDING_SECONDS or pending["tries"] >= CODE_TRIES:
        request.session.pop(PENDING, None)
        return redirect("core:login")
    form = CodeForm(_without_spaces(request) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        device = _verified(user, form.cleaned_data["code"])
        if device:
            target = pending["next"]
            auth_login(request, user, backend=pending["backend"])
            request.session.pop(PENDING, None)
            otp_login(request, device)
            return _welcome(request, user, target)
        pending["tries"] += 1
        request.session[PENDING] = pending
        user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
        form.add_error("code", _("That code is not right or no longer valid. Wait for the next one."))
    return render(request, "core/otp.html", {"form": form}, status=422 if form.errors else 200)


def _without_spaces(request: HttpRequest) -> dict[str, str]:
    """Take the code as people copy it: "123 456"."""
    return {"code": "".join(request.POST.get("code", "").split())}


def _verified(user: User, code: str) -> TOTPDevice | None:
    """Return the confirmed device that gave this code, each code once."""
    return next((device for device in devices_for_user(user) if device.verify_token(code)), None)


def _welcome(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Send on, in the language that this person chose earlier."""
    response = redirect(target)
    if user.language:
        _keep(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    return response


class SignOut(LogoutView):
    """End the session; what was typed stays in this browser as a draft of this person alone."""

    http_method_names = ["post", "options"]

    def get_success_url(self) -> str:
        """Return the sign-in page."""
        return reverse("core:login")


class Password(PasswordChangeView):
    """Change one's own password; other sessions of the same person end."""

    template_name = "core/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("core:password")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it and say so."""
        response = super().form_valid(form)
        messages.success(self.request, _("Your password is changed. Other devices have been signed out."))
        return response


def _qr(text: str) -> SafeString:
    """Draw a QR code as inline SVG; it needs no inline style, so the content policy holds."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=1)
    svg: str = image.to_string(encoding="unicode")
    return mark_safe(svg)  # noqa: S308  # drawn here: paths alone, no text of anybody's


@login_required
@never_cache
def otp_setup(request: HttpRequest) -> HttpResponse:
    """Set the second step up: show a secret as QR code, take one code as proof, only then is it in force.

    The secret exists unconfirmed until then and is replaced by the next visit. Taking it off asks for a code, too.
    """
    user = cast(User, request.user)
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    form = CodeForm(_without_spaces(request) if request.method == "POST" else None)
    candidate = None if device else _candidate(user, fresh=request.method != "POST")
    if request.method == "POST" and form.is_valid():
        asked = device or candidate
        if asked and asked.verify_token(form.cleaned_data["code"]):
            return _switch(request, asked)
        form.add_error("code", _("That code is not right or no longer valid. Wait for the next one."))
    context: dict[str, Any] = {"form": form, "device": device}
    if candidate:
        secret = b32encode(candidate.bin_key).decode().rstrip("=")
        context |= {
            "qr": _qr(candidate.config_url),
            "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        }
    return render(request, "core/otp_setup.html", context, status=422 if form.errors else 200)


def _candidate(user: User, *, fresh: bool) -> TOTPDevice:
    """Return the secret that waits for its proof; a fresh visit gets a fresh one."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False)
    if fresh:
        waiting.delete()
    return waiting.first() or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def _switch(request: HttpRequest, device: TOTPDevice) -> HttpResponse:
    """Put the proven device in force, or take it off if it was."""
    if device.confirmed:
        device.delete()
        messages.success(request, _("Two-step sign-in is off."))
    else:
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        otp_login(request, device)
        messages.success(request, _("Two-step sign-in is on."))
    return redirect("core:otp_setup")


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of the pages, for this browser and, signed in, for the person."""
    response = redirect(_next(request))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, code)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=code)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """Change between light, dark and the system's choice, for this browser."""
    response = redirect(_next(request))
    choice = request.POST.get("theme", "")
    if choice in ("", *THEMES):
        _keep(response, THEME_COOKIE, choice)
    return response


@require_POST
@login_required
def shop(request: HttpRequest) -> HttpResponseBase:
    """Look at one shop alone, or at all that one sees. The choice lives in the session."""
    user = cast(User, request.user)
    chosen = request.POST.get("shop", "")
    seen = user.shops.all() if user.shops.exists() else Shop.objects.all()
    if chosen.isdecimal() and seen.filter(pk=int(chosen)).exists():
        request.session[SHOP_SESSION_KEY] = int(chosen)
    elif not chosen:
        request.session.pop(SHOP_SESSION_KEY, None)
    return redirect(_next(request))
