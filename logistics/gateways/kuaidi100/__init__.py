"""kuaidi100: following numbers, asking about them, and reading what it pushes (field-facts §4.1)."""

from .client import Account, Kuaidi100, Unreadable, from_settings
from .reading import push_of
from .signing import push_is_genuine, push_sign, query_sign

__all__ = [
    "Account",
    "Kuaidi100",
    "Unreadable",
    "from_settings",
    "push_is_genuine",
    "push_of",
    "push_sign",
    "query_sign",
]
