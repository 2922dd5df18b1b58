"""System checks of the settings: what an installation got wrong, in words, before somebody else finds out."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from aftersales.core import encryption
from logistics.gateways import tracking_provider
from refunds.gateways import gateway_for, transfer_gateway_for

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
SHORTEST_KEY = 50


@register(Tags.security, deploy=True)
def check_secret_key(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E001: every session, token link and sealed secret hangs on a key that nobody can guess."""
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if len(key) >= SHORTEST_KEY:
        return []
    return [
        Error(
            f"SECRET_KEY is {'too short' if key else 'not set'}.",
            hint="Set it in the environment: python3 -c 'import secrets; print(secrets.token_urlsafe(60))'",
            id="aftersales.E001",
        )
    ]


@register(Tags.security)
def check_demo_stays_at_home(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E002: the demo's passwords are written in the manual, so it answers to this machine alone."""
    strangers = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK - {"testserver"})
    if not settings.DEMO or not strangers:
        return []
    return [
        Error(
            f"DEMO is on, and the site answers to {', '.join(strangers)}.",
            hint="DEMO is set by `make demo` alone. Remove it from the environment of an installation.",
            id="aftersales.E002",
        )
    ]


@register(Tags.security, deploy=True)
def check_broker(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E003: a queue in memory reaches no other process, so no deadline would ever be swept."""
    if settings.REDIS_URL:
        return []
    return [
        Error(
            "REDIS_URL is not set: web, worker and beat cannot reach each other.",
            hint="Set it to the Redis that all of them share, for instance redis://redis:6379/0.",
            id="aftersales.E003",
        )
    ]


@register(Tags.security, deploy=True)
def check_gateways(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E005: the ways that refunds and payouts are paid by are known and set up, before the first one is agreed."""
    ways = (
        ("REFUND_GATEWAY", gateway_for, settings.AFTERSALES["refund_gateway"]),
        ("PAYOUT_GATEWAY", transfer_gateway_for, settings.AFTERSALES["payout_gateway"]),
    )
    found: list[CheckMessage] = []
    for name, client_for, chosen in ways:
        try:
            client_for(chosen)
        except LookupError as problem:
            hint = f"Set {name} to offline or alipay; what Alipay needs stands in .env.example under Money."
            found.append(Error(str(problem), hint=hint, id="aftersales.E005"))
    return found


@register(Tags.security, deploy=True)
def check_tracking(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E007: whoever is to follow parcels is known and set up, before the first one leaves."""
    try:
        tracking_provider()
    except LookupError as problem:
        hint = "Leave TRACKING_PROVIDER empty, or set what kuaidi100 needs: .env.example, under Parcels."
        return [Error(str(problem), hint=hint, id="aftersales.E007")]
    return []


@register(Tags.security, deploy=True)
def check_encryption_keys(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E006: accounts and names can be encrypted, before the first one is typed."""
    try:
        encryption.decrypt(encryption.encrypt("x"))
    except (ImproperlyConfigured, ValueError) as problem:
        hint = "A key is made by cryptography.fernet.Fernet.generate_key()."
        return [Error(str(problem), hint=hint, id="aftersales.E006")]
    return []


@register(Tags.security, deploy=True)
def check_private_files(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E004: evidence must not lie where the static files are served from."""
    private = Path(settings.PRIVATE_ROOT).resolve()
    public = [Path(folder).resolve() for folder in [settings.STATIC_ROOT, *settings.STATICFILES_DIRS] if folder]
    inside = [folder for folder in public if private == folder or folder in private.parents]
    if not inside:
        return []
    return [
        Error(
            f"PRIVATE_ROOT {private} lies in {inside[0]}, which everybody can read.",
            hint="Choose a folder that nothing serves.",
            id="aftersales.E004",
        )
    ]
