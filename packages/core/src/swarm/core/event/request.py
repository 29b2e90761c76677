"""The request event: the one sink of all measurements, kept short because it is hot."""

from collections.abc import Callable
from typing import Any

from swarm.core.event.hook import EventHook

Recorder = Callable[[str, str, float | None, int, BaseException | None], None]
"""Called positionally: request_type, name, response_time, response_length, exception."""

_ABSENT: Any = object()


class RequestEvent(EventHook[...]):
    """Fired when a request is completed.

    Statistics are attached as recorders, which are called positionally; building
    the keyword arguments for listeners costs only when there are listeners.
    """

    def __init__(self) -> None:
        super().__init__()
        self._recorders: tuple[Recorder, ...] = ()

    def add_recorder(self, recorder: Recorder) -> None:
        """Attach a recorder: statistics, or anything else that must cost next to nothing."""
        self._recorders = (*self._recorders, recorder)

    def remove_recorder(self, recorder: Recorder) -> None:
        """Detach a recorder; one that is not attached is ignored."""
        self._recorders = tuple(r for r in self._recorders if r != recorder)

    def fire(
        self,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int | None = 0,
        exception: BaseException | None = None,
        response: Any = None,
        context: dict[str, Any] | None = None,
        start_time: float = _ABSENT,
        url: str | None = _ABSENT,
        **extra: Any,
    ) -> None:
        """Record a completed request and tell the listeners.

        Args:
            request_type: First column of the row ("GET", "grpc").
            name: Second column of the row, the URL's path unless overridden.
            response_time: Milliseconds; None for a request that has no duration.
            response_length: Bytes of the answer.
            exception: What went wrong; None for a success.
            response: The client library's response object.
            context: Data of the user and of the request, for listeners.
            start_time: Seconds since the epoch; left out when the client gives none.
            url: Full address; left out when the client gives none.
            extra: Whatever else a client wants to tell its listeners.
        """
        for record in self._recorders:
            record(request_type, name, response_time, response_length or 0, exception)
        if not self._listeners:
            return
        reverse = extra.pop("reverse", False)
        extra.update(
            request_type=request_type,
            name=name,
            response_time=response_time,
            response_length=response_length,
            exception=exception,
            response=response,
            context={} if context is None else context,
        )
        if start_time is not _ABSENT:
            extra["start_time"] = start_time
        if url is not _ABSENT:
            extra["url"] = url
        self._call((), extra, reverse=reverse)
