"""The kinds of session that a test function may take as an argument."""

from collections.abc import Callable, Mapping
from typing import Any

Maker = Callable[[str | None, Any, Any], Any]
"""Makes a session of base host, request event and user."""


def _session(base_url: str | None, request_event: Any, user: Any) -> Any:
    from swarm.http.session import HttpSession  # noqa: PLC0415 - each loads a client library

    return HttpSession(base_url, request_event, user)


def _fastsession(base_url: str | None, request_event: Any, user: Any) -> Any:
    from swarm.http.fast import FastHttpSession  # noqa: PLC0415 - each loads a client library

    return FastHttpSession(base_url, request_event, user)


SESSIONS: Mapping[str, Maker] = {"session": _session, "fastsession": _fastsession}
"""What a test function may take as its arguments."""
