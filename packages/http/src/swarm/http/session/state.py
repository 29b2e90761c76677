"""The parts of a session that are built when they are first used."""

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import PoolManager

from swarm.http.session.adapter import FastAdapter
from swarm.http.session.borrowed import default_headers, default_hooks, new_jar

if TYPE_CHECKING:
    from collections.abc import Callable

    from swarm.http.session.session import HttpSession


class SharedPoolAdapter(HTTPAdapter):
    """requests' own adapter on a pool of connections that other sessions use as well.

    Args:
        pool_manager: The shared connections. Closing the adapter leaves them open.
    """

    def __init__(self, pool_manager: PoolManager) -> None:
        self._shared = pool_manager
        super().__init__()

    def init_poolmanager(self, *_args: Any, **_kwargs: Any) -> None:
        """Use the shared pool."""
        self.poolmanager = self._shared

    def close(self) -> None:
        """Close what belongs to this session alone: connections to proxies."""
        for proxy in self.proxy_manager.values():
            proxy.clear()


def _adapters(session: "HttpSession") -> OrderedDict[str, BaseAdapter]:
    pool = session.pool_manager
    adapter: BaseAdapter = session.own_adapter if pool is None else SharedPoolAdapter(pool)
    return OrderedDict((("https://", adapter), ("http://", adapter)))


_MAKERS: "dict[str, Callable[[HttpSession], Any]]" = {
    "adapters": _adapters,
    "own_adapter": lambda _: FastAdapter(),
    "cookies": lambda _: new_jar(),
    "headers": lambda _: default_headers(),
    "hooks": lambda _: default_hooks(),
    "params": lambda _: {},
    "proxies": lambda _: {},
}


def late_attribute(session: "HttpSession", name: str) -> Any:
    """Return a new value for the attribute `name` of a session that has none yet.

    Raises:
        AttributeError: If sessions have no such attribute.
    """
    make = _MAKERS.get(name)
    if make is None:
        raise AttributeError(f"{type(session).__name__!r} object has no attribute {name!r}")
    return make(session)
