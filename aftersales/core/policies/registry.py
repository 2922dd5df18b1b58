"""The settings that exist, by key. The core's own come from `definitions`; an app registers further ones on import."""

from django.utils.translation import gettext as _

from aftersales.core.errors import NotFound

from .definitions import ALL
from .kinds import PolicyDefinition

_KNOWN: dict[str, PolicyDefinition] = {}


def register(*definitions: PolicyDefinition) -> None:
    """Make settings known. Raises: ValueError at import for a key that is taken or a default that breaks its bounds."""
    for definition in definitions:
        if _KNOWN.get(definition.key, definition) != definition:
            raise ValueError(f"{definition.key} is defined twice")
        if faults := definition.faults(definition.default):
            raise ValueError(f"{definition.key}: its default is wrong: {faults[0].field} {faults[0].code}")
        _KNOWN[definition.key] = definition


def definitions() -> tuple[PolicyDefinition, ...]:
    """Return every setting in the order in which it is shown."""
    return tuple(_KNOWN.values())


def definition(key: str) -> PolicyDefinition:
    """Return one setting. Raises: NotFound."""
    try:
        return _KNOWN[key]
    except KeyError:
        raise NotFound(_("There is no policy setting “%(key)s”.") % {"key": key}, code="policy_unknown") from None


register(*ALL)
