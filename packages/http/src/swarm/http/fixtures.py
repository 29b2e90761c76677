"""Sessions for tests that run under pytest, outside of any load test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from swarm.core.event import RequestEvent
from swarm.core.exception import CatchResponseError
from swarm.http.kinds import SESSIONS
from swarm.http.recording import checked_host


class StrictRequestEvent(RequestEvent):
    """A request event that raises where there was no answer at all.

    In a load test such a request is a failed row and the users go on; a test that
    went on without an answer would pass for no reason.
    """

    def fire(
        self,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int | None = 0,
        exception: BaseException | None = None,
        response: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Raise `exception` unless the server answered or the test gave the verdict itself."""
        super().fire(
            request_type, name, response_time, response_length, exception, response, *args, **kwargs
        )
        if (
            exception is not None
            and getattr(response, "status_code", 0) == 0
            and not isinstance(exception, CatchResponseError)
        ):
            raise exception


@contextmanager
def opened(kind: str, host: str | None) -> Iterator[Any]:
    """Give a session for one test and close it afterwards.

    Args:
        kind: "session" or "fastsession".
        host: Its base host, if there is one.

    Raises:
        ConfigError: If the host lacks its scheme.
    """
    base_url = checked_host(host, f"The fixture {kind!r}") if host else None
    session = SESSIONS[kind](base_url, StrictRequestEvent(), None)
    try:
        yield session
    finally:
        session.close()
