"""The one timing primitive: a block whose duration becomes a request event."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from swarm.core.exception import NO_FAULT


class Measurement:
    """Context manager that fires a request event with the duration of its block.

    `with` gives the `request_meta` dict that becomes the event's arguments. A
    `response_time` (milliseconds) that the block sets itself is kept.
    """

    __slots__ = ("_fire", "_started", "request_meta")

    def __init__(
        self,
        fire: Callable[..., None],
        request_type: str,
        name: str,
        response_length: int = 0,
        context: dict[str, Any] | None = None,
    ) -> None:
        self._fire = fire
        self.request_meta: dict[str, Any] = {
            "request_type": request_type,
            "name": name,
            "response_length": response_length,
            "context": {} if context is None else context,
            "exception": None,
        }
        self._started = 0.0

    def __enter__(self) -> dict[str, Any]:
        self.request_meta["start_time"] = time.time()
        self._started = time.perf_counter()
        return self.request_meta

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> bool:
        elapsed = (time.perf_counter() - self._started) * 1000
        meta = self.request_meta
        if exc is not None:
            # Steering and the end of the greenlet are no results of the request.
            if isinstance(exc, NO_FAULT):
                return False
            meta["exception"] = exc
        meta.setdefault("response_time", elapsed)
        self._fire(**meta)
        # Others than Exception, such as gevent's Timeout, are caught by whoever set them up.
        return exc is None or isinstance(exc, Exception)
