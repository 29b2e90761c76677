"""The verdict of a with-block: `catch_response=True`."""

import logging
from types import TracebackType
from typing import Any, Self

from swarm.core.event import EventHook
from swarm.core.exception import CatchResponseError, SwarmError
from swarm.http.recording.error import fresh
from swarm.http.transport.error import TransportError

logger = logging.getLogger(__name__)


class ResponseContextManager:
    """A response whose success or failure the test file decides in a with-block.

    The request is counted when the block ends, as `request_meta` then says. Left
    alone that is the usual verdict: a status of 400 and above, or no answer at
    all, is a failure. An exception that leaves the block leaves no row, unless
    the block had decided before; that is how a test file avoids a row.

    It is mixed into the response class of the client library in use.

    Example:
        with self.client.get("/", catch_response=True) as response:
            if response.text != "Success":
                response.failure("Got wrong response")
    """

    request_meta: dict[str, Any]
    """The arguments of the coming request event: name, response_time (milliseconds),
    response_length (bytes), context, exception and so on. Change them at will."""

    _request_event: EventHook[...]
    _entered = False
    _reported = False
    _judged = False

    def _catch(self, request_event: EventHook[...], request_meta: dict[str, Any]) -> None:
        """Get ready: `request_meta` becomes the arguments of `request_event.fire()`."""
        self._request_event = request_event
        self.request_meta = request_meta

    def success(self) -> None:
        """Count the request as a success, whatever the server answered.

        Raises:
            SwarmError: If called outside of the with-block.
        """
        self._judge(None)

    def failure(self, exc: BaseException | str) -> None:
        """Count the request as a failure.

        Args:
            exc: What went wrong: a text or an exception. Texts that differ only in
                numbers are counted together.

        Raises:
            SwarmError: If called outside of the with-block.
        """
        self._judge(exc if isinstance(exc, BaseException) else CatchResponseError(exc))

    def raise_for_status(self) -> None:
        """Raise what the request fails with by now, respecting success() and failure()."""
        error = self._exception()
        if error is not None:
            # Raised in the block it ends the block, but it is a verdict, not an accident.
            self._judged = True
            raise fresh(error)

    def _exception(self) -> BaseException | None:
        """Return what the request fails with by now."""
        error: BaseException | None = self.request_meta["exception"]
        return error

    def _judge(self, error: BaseException | None) -> None:
        if not self._entered:
            raise SwarmError(
                "success() or failure() was called outside of the with-block of its request.",
                hint='Write "with self.client.get(..., catch_response=True) as response:" '
                "and decide inside the block.",
            )
        if self._reported:
            logger.warning(
                "success() or failure() was called after the with-block of %s %s, when it was "
                "counted already",
                self.request_meta.get("request_type"),
                self.request_meta.get("name"),
            )
        self._judged = True
        self.request_meta["exception"] = error

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._reported:
            return
        if isinstance(exc, TransportError) and not self._judged:
            self._judge(exc)  # the rest of the body did not come, or cannot be decoded
        if exc is not None and not self._judged:
            return
        self._reported = True
        # Added only now: kept in there, it would be a cycle for the garbage collector.
        self._request_event.fire(
            **{"response": self} | self.request_meta | {"exception": self._exception()}
        )
