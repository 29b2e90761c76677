"""The header fields that a request has unless it is told otherwise."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version

from swarm.http.transport.decode import accepted_encodings
from swarm.http.transport.request import Headers


@lru_cache(maxsize=64)
def _fields(changes: tuple[tuple[str, str | None], ...]) -> Headers:
    defaults = Headers(
        {
            "User-Agent": f"swarm/{version('swarm-http')}",
            "Accept-Encoding": accepted_encodings(),
            "Accept": "*/*",
        }
    )
    return defaults.merged(dict(changes)) if changes else defaults


def default_fields(changes: Mapping[str, str | None] | None = None) -> Headers:
    """Return the default header fields, the same object for all sessions that want the same.

    Args:
        changes: Fields to add or to replace; None as a value takes one away.
    """
    return _fields(tuple(changes.items()) if changes else ())
