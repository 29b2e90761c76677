"""Messages as bytes: msgpack of [type, data, node id], bounded and without surprises."""

import datetime as dt
from typing import Any

import msgpack  # type: ignore[import-untyped] # it has no types

from swarm.core.rpc.message import Message

MAX_MESSAGE_BYTES = 32 * 2**20
"""The longest message that is sent or taken."""

_FIELDS = 3
_TIME_FORMAT = "%Y%m%dT%H:%M:%S.%f"


class MalformedMessageError(ValueError):
    """What has come is no message."""


class UnsendableMessageError(ValueError):
    """The data cannot travel: it is too long, too deep or not made of plain values."""


def encode(message: Message) -> bytes:
    """Return a message as bytes.

    Raises:
        UnsendableMessageError: If its data is not made of plain values, or is too long.
    """
    try:
        payload: bytes = msgpack.packb(
            [message.type, message.data, message.node_id],
            default=_tagged,
            use_bin_type=True,
        )
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UnsendableMessageError(f"A {message.type!r} message: {error}") from error
    if len(payload) > MAX_MESSAGE_BYTES:
        raise UnsendableMessageError(
            f"A {message.type!r} message of {len(payload)} bytes is longer than the "
            f"{MAX_MESSAGE_BYTES} that are taken."
        )
    return payload


def decode(payload: bytes) -> Message:
    """Return the message that these bytes are.

    Raises:
        MalformedMessageError: If they are none.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise MalformedMessageError(f"{len(payload)} bytes")
    try:
        parts = msgpack.unpackb(payload, object_hook=_plain, strict_map_key=False, raw=False)
    except Exception as error:
        # Many kinds of errors, also for what is nested too deeply: msgpack has a limit.
        raise MalformedMessageError(f"no msgpack: {error!r}") from error
    if not isinstance(parts, list) or len(parts) != _FIELDS:
        raise MalformedMessageError("no list of type, data and node id")
    kind, data, node_id = parts
    if not isinstance(kind, str) or not isinstance(node_id, str | None):
        raise MalformedMessageError("type and node id are no texts")
    return Message(kind, data, node_id)


def _tagged(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"__datetime__": True, "as_str": value.strftime(_TIME_FORMAT)}
    if type(value).__name__ == "ObjectId":  # of bson, which need not be installed
        return {"__ObjectId__": True, "as_str": str(value)}
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no plain value")


def _plain(tagged: dict[Any, Any]) -> Any:
    if "__datetime__" in tagged:
        return dt.datetime.strptime(tagged["as_str"], _TIME_FORMAT)  # noqa: DTZ007 - the wire has no zone
    if "__ObjectId__" in tagged:
        return tagged["as_str"]
    return tagged
