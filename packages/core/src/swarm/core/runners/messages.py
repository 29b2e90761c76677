"""Messages between nodes, with the handlers that users register for them."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gevent.pool

from swarm.core.rpc import Message

if TYPE_CHECKING:
    from swarm.core.env import Environment

logger = logging.getLogger("swarm.runners")

Handler = Callable[..., Any]
"""Called with keyword arguments: environment, msg (a `Message`)."""


class MessageHandlers:
    """The handlers of a node, by type of message.

    Args:
        environment: What the handlers are given.
    """

    def __init__(self, environment: "Environment") -> None:
        self._environment = environment
        self._handlers: dict[str, list[tuple[Handler, bool]]] = {}
        self._concurrent = gevent.pool.Group()

    def register(self, message_type: str, handler: Handler, *, concurrent: bool = False) -> None:
        """Call `handler` for messages of this type, in a greenlet of its own if `concurrent`."""
        self._handlers.setdefault(message_type, []).append((handler, concurrent))

    def knows(self, message_type: str) -> bool:
        """Return whether there is a handler for messages of this type."""
        return message_type in self._handlers

    def deliver(self, message: Message) -> None:
        """Call the handlers of a message, in the order in which they were registered.

        One that raises is logged, and the others are still called. A message that
        nobody has a handler for is logged.
        """
        handlers = self._handlers.get(message.type)
        if not handlers:
            logger.warning(
                "Nobody handles the message %r; register_message(%r, ...) does that",
                message.type,
                message.type,
            )
            return
        for handler, concurrent in handlers:
            if concurrent:
                self._concurrent.spawn(self._call, handler, message)
            else:
                self._call(handler, message)

    def close(self) -> None:
        """End the concurrent handlers that are still at work."""
        self._concurrent.kill(block=False)

    def _call(self, handler: Handler, message: Message) -> None:
        try:
            handler(environment=self._environment, msg=message)
        except Exception:
            name = getattr(handler, "__qualname__", repr(handler))
            logger.exception("The handler %s of the message %r raised", name, message.type)
