"""Errors that a person or a calling program is told about. How they become pages or problem+json stands elsewhere.

Each class knows its HTTP status and `code` (api.md, Ground rules); `detail` is a translated sentence that says what
happened and what to do now. Nothing here knows a request or a response.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text: TypeAlias = str | Promise


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its path, a machine-readable code and a sentence."""

    field: str
    code: str
    detail: Text


class Problem(Exception):
    """Base of everything that a caller is told. `extra` members are added to the problem document."""

    status = 400
    code = "bad_request"
    title: Text = _("The request cannot be read")

    def __init__(self, detail: Text = "", *, code: str = "", errors: Sequence[FieldError] = (), **extra: Any) -> None:
        super().__init__(str(detail))
        self.detail = detail or self.title
        self.code = code or self.code
        self.errors = tuple(errors)
        self.extra = extra


class Malformed(Problem):
    """400: the request cannot be read, or a needed header is missing."""


class NotAuthenticated(Problem):
    """401: no valid token or session."""

    status, code, title = 401, "not_authenticated", _("Please sign in")


class Forbidden(Problem):
    """403: known, but not allowed to do this."""

    status, code, title = 403, "forbidden", _("Your role does not allow this")


class NotFound(Problem):
    """404: does not exist, or belongs to a shop that the caller does not see."""

    status, code, title = 404, "not_found", _("Not found")


class Conflict(Problem):
    """409: not possible in the present state."""

    status, code, title = 409, "conflict", _("Not possible now")


class TransitionNotAllowed(Conflict):
    """409: the state machine has no such step from here; carries `status_now` and `allowed_actions`."""

    code = "transition_not_allowed"


class StaleVersion(Problem):
    """412: somebody changed it since the caller looked."""

    status, code, title = 412, "stale_version", _("This has changed since you opened it")


class TooLarge(Problem):
    """413: the upload is over the limit."""

    status, code, title = 413, "too_large", _("The file is too large")


class UnsupportedMedia(Problem):
    """415: the content is of a type that is not taken."""

    status, code, title = 415, "unsupported_media_type", _("This type of file is not accepted")


class RuleViolation(Problem):
    """422: well formed, but it breaks a rule of domain.md, whose id it carries."""

    status, code, title = 422, "rule_violation", _("A rule does not allow this")

    def __init__(self, rule: str, detail: Text, *, code: str = "", errors: Sequence[FieldError] = (), **extra: Any):
        super().__init__(detail, code=code, errors=errors, rule=rule, **extra)
        self.rule = rule


class Invalid(Problem):
    """422: fields are wrong; `errors` says which."""

    status, code, title = 422, "invalid", _("Some fields are not right")


class TooManyRequests(Problem):
    """429: slower, please; `retry_after` in seconds."""

    status, code, title = 429, "too_many_requests", _("Too many requests")


class Unavailable(Problem):
    """503: the database or another part is away for the moment."""

    status, code, title = 503, "unavailable", _("The service is not available for the moment; please try again shortly")
