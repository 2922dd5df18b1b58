"""`manage.py api_client`: make, list, rotate and revoke the tokens of programs that call the REST interface."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aftersales.core import auth, clock, errors
from aftersales.core.models import ApiClient, ApiToken, Scope, Shop, User


class Command(BaseCommand):
    """Manage API clients. A token's text is shown once, when it is made; only its digest is kept."""

    help = "Create, list, rotate and revoke API clients and their tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        """Describe the four ways to call it."""
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a client and its first token")
        create.add_argument("name")
        whose = create.add_mutually_exclusive_group(required=True)
        whose.add_argument("--shop", help="code of the shop whose front-end it is")
        whose.add_argument("--acts-as", help="user name of the member of staff that it acts as")
        create.add_argument(
            "--scope", action="append", choices=Scope.values, default=[], help="may be given repeatedly"
        )
        rotate = actions.add_parser("rotate", help="make a new token and end the former ones")
        rotate.add_argument("name")
        rotate.add_argument("--overlap-hours", type=float, default=0, help="how long the former ones stay valid")
        for action in (create, rotate):
            action.add_argument("--expires-days", type=float, help="end the new token after so many days")
        revoke = actions.add_parser("revoke", help="end tokens now")
        revoke.add_argument("name")
        revoke.add_argument("--token", help="only the one that ends so, as `list` shows it")
        actions.add_parser("list", help="show clients and tokens")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked for."""
        try:
            getattr(self, f"_{options['action']}")(options)
        except errors.Problem as problem:
            raise CommandError(str(problem.detail)) from problem
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong

    def _create(self, options: dict[str, Any]) -> None:
        shop = _found(Shop, code=options["shop"]) if options["shop"] else None
        user = _found(User, username=options["acts_as"]) if options["acts_as"] else None
        client = auth.client_create(name=options["name"], shop=shop, acts_as=user, scopes=options["scope"])
        _token, plain = auth.token_create(client=client, expires_at=_in_days(options["expires_days"]))
        self._show(plain)

    def _rotate(self, options: dict[str, Any]) -> None:
        client = _found(ApiClient, name=options["name"])
        overlap = clock.now() + timedelta(hours=options["overlap_hours"]) if options["overlap_hours"] else None
        _token, plain = auth.client_rotate(
            client=client, overlap_until=overlap, expires_at=_in_days(options["expires_days"])
        )
        self._show(plain)

    def _revoke(self, options: dict[str, Any]) -> None:
        tokens = ApiToken.objects.filter(client=_found(ApiClient, name=options["name"]), revoked_at=None)
        if options["token"]:
            tokens = tokens.filter(hint=options["token"].lstrip("…"))
        revoked = [auth.token_revoke(token=token) for token in tokens]
        if not revoked:
            raise CommandError("no such token is valid")
        self.stdout.write(f"{len(revoked)} revoked")

    def _list(self, options: dict[str, Any]) -> None:
        for client in ApiClient.objects.select_related("shop", "acts_as").prefetch_related("tokens").order_by("name"):
            whose = (
                f"shop {client.shop.code}" if client.shop else f"acts as {client.acts_as and client.acts_as.username}"
            )
            state = "" if client.is_active else "  (switched off)"
            self.stdout.write(f"{client.name}  {whose}  {' '.join(client.scopes)}{state}")
            for token in client.tokens.all():
                self.stdout.write(f"  {_described(token)}")

    def _show(self, plain: str) -> None:
        self.stdout.write(plain)
        self.stderr.write("This token is shown once and kept nowhere; store it now.")


def _found(model: type[Any], **by: str) -> Any:
    found = model.objects.filter(**by).first()
    if found is None:
        raise CommandError(f"no {model._meta.model_name} {' '.join(by.values())}")
    return found


def _in_days(days: float | None) -> datetime | None:
    return None if days is None else clock.now() + timedelta(days=days)


def _described(token: ApiToken) -> str:
    if token.revoked_at is not None:
        state = f"revoked {token.revoked_at:%Y-%m-%d}"
    elif token.expires_at is not None:
        state = f"{'expired' if token.expires_at <= clock.now() else 'valid until'} {token.expires_at:%Y-%m-%d %H:%M}Z"
    else:
        state = "valid"
    return f"…{token.hint}  made {token.created_at:%Y-%m-%d}  {state}  last used {token.last_used_on or 'never'}"
