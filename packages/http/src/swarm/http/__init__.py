"""HTTP users for swarm: `HttpUser` over requests, `FastHttpUser` over a fast path of its own.

Names are loaded when first used: a test file that only needs `FastHttpUser` never
pays for importing requests, and pytest, which imports this package to find our
fixtures, pays for nothing. So it is not this module but each package below it that
imports `swarm.core` first, which patches the standard library with gevent.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swarm.http.fast import FastHttpSession, FastHttpUser, FastResponse
    from swarm.http.recording import ResponseContextManager
    from swarm.http.session import HttpSession
    from swarm.http.user import HttpUser

__all__ = [
    "FastHttpSession",
    "FastHttpUser",
    "FastResponse",
    "HttpSession",
    "HttpUser",
    "ResponseContextManager",
]

_HOMES = {
    "swarm.http.fast": ("FastHttpSession", "FastHttpUser", "FastResponse"),
    "swarm.http.recording": ("ResponseContextManager",),
    "swarm.http.session": ("HttpSession",),
    "swarm.http.user": ("HttpUser",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
