"""What both HTTP sessions know about rows, beside how to send a request."""

import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from swarm.core.event import EventHook
from swarm.http.recording.address import row_name

Context = dict[str, Any]


class RecordedSession:
    """A session whose requests are counted in the statistics.

    Args:
        base_url: The base host that paths are appended to; None when every
            request gives a full address.
        request_event: Where results go, usually `environment.events.request`.
        user: The user whose `context()` every request carries, if any.
    """

    base_url: str | None
    """The base host, with its scheme. It may be changed at any time."""

    request_name: str | None = None
    """While set, requests that are given no name of their own are counted under it."""

    def _record_for(self, base_url: str | None, request_event: EventHook[...], user: Any) -> None:
        """Set up what the class description says."""
        self.base_url = base_url
        self.request_event = request_event
        # Weak, because the user holds the session: connections shall be closed the moment a
        # user is gone, not when the garbage collector happens to find the two.
        self._user = None if user is None else _reference(user)
        self._has_context = _overrides_context(user)

    @property
    def user(self) -> Any:
        """The user whose session it is; None if there is none, or it is gone."""
        return None if self._user is None else self._user()

    @contextmanager
    def rename_request(self, name: str) -> Iterator[None]:
        """Count the requests of a with-block under `name`. Blocks may be nested.

        Example:
            with self.client.rename_request("/blog?id=[id]"):
                self.client.get("/blog?id=1")
        """
        before = self.request_name
        self.request_name = name
        try:
            yield
        finally:
            self.request_name = before

    def _name_of(self, url: str, name: str | None) -> str:
        """Return the name to count a request for `url` under; `name` is its argument."""
        return name or self.request_name or row_name(self.base_url, url)

    def _context_of(self, context: Mapping[str, Any] | None) -> Context | None:
        """Return the user's and the request's context in one dict, None if there is neither."""
        user = self.user if self._has_context else None
        if user is None:
            return dict(context) if context else None
        merged: Context = dict(user.context() or ())
        if context:
            merged.update(context)
        return merged


def _reference(user: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(user)
    except TypeError:  # a class that saves the room for it
        return lambda: user


def _overrides_context(user: Any) -> bool:
    """Tell whether the user has a `context` of its own; that of `User` is empty."""
    method = getattr(type(user), "context", None)
    if method is None:
        return False
    from swarm.core.user import User  # noqa: PLC0415 - a session may be used without users

    return method is not User.context
