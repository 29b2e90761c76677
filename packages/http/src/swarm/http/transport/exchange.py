"""One request and its answer."""

from time import perf_counter

from swarm.http.transport.body import Body
from swarm.http.transport.connection import Connection
from swarm.http.transport.error import ConnectionLostError, NoAnswerError, TransportError
from swarm.http.transport.pool import OriginPool
from swarm.http.transport.reading import BodyReader, read_head
from swarm.http.transport.response import Head, parse_head

IDEMPOTENT = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"))
"""Methods whose requests may be sent again if a connection turns out to be stale."""

_FINAL = 200


def exchange(
    pool: OriginPool,
    method: str,
    request: bytes,
    body: Body | None,
    connect_timeout: float | None,
    read_timeout: float | None,
    now: float,
    *,
    stream: bool = False,
) -> tuple[Head, bytes | BodyReader]:
    """Send a request and return the head of its answer, and its body.

    A connection that was kept from an earlier request may be closed by the server at
    any moment. If that shows before the first byte of the answer, the request is sent
    once more over a new connection, provided that nothing of it can have been acted on.

    Args:
        pool: The connections to the origin (or to the proxy before it).
        method: In capitals.
        request: The head, to the empty line, with the body behind it if it is small.
        body: The body, if it is sent apart.
        connect_timeout: Seconds for opening a connection.
        read_timeout: Seconds for each wait for bytes.
        now: The present `time.perf_counter()`.
        stream: Whether to return before the body has come, with a reader for it.

    Raises:
        TransportError: If no whole answer came (no whole head, with `stream`).
    """
    idempotent = method in IDEMPOTENT
    connection = pool.take(now, connect_timeout, examine=not idempotent)
    try:
        return _over(pool, connection, method, request, body, read_timeout, now, stream)
    except NoAnswerError as error:
        repeatable = body is None or body.repeatable
        if connection.fresh or not repeatable or (error.sent and not idempotent):
            raise
    pool.close()  # what waited as long is as stale
    connection = pool.take(now, connect_timeout, examine=True)
    return _over(pool, connection, method, request, body, read_timeout, perf_counter(), stream)


def _over(
    pool: OriginPool,
    connection: Connection,
    method: str,
    request: bytes,
    body: Body | None,
    timeout: float | None,
    now: float,
    stream: bool,  # noqa: FBT001 - private, and hot
) -> tuple[Head, bytes | BodyReader]:
    """Do it over this connection, which is given back or dropped."""
    data = b""
    whole = True
    try:
        connection.send(request, timeout)
        if body is not None:
            data, whole = body.send(connection, timeout)
        if connection.fresh or body is not None or connection.used_at > now:  # time has passed
            now = perf_counter()
        if not data:
            data = connection.receive(timeout, now)
        end = data.find(b"\r\n\r\n") + 4
        if end > 3:  # noqa: PLR2004 - found
            head = parse_head(data[:end])
            if (
                head.length == len(data) - end
                and head.keep_alive
                and head.status >= _FINAL
                and whole
                and (method != "HEAD" or not head.length)
            ):  # nearly every answer
                pool.give(connection)
                return head, data[end:]
        head, rest = read_head(connection, data, timeout)
        if method == "HEAD":
            _finish_without_body(pool, connection, reusable=head.keep_alive and whole and not rest)
            return head, b""
        reader = BodyReader(pool, connection, head, rest, timeout, reusable=whole)
    except OSError as error:
        pool.drop(connection)
        raise _lost(error, data) from error
    except BaseException:
        pool.drop(connection)
        raise
    return head, reader if stream else reader.read_all()


def _finish_without_body(pool: OriginPool, connection: Connection, *, reusable: bool) -> None:
    if reusable:
        pool.give(connection)
    else:
        pool.drop(connection)


def _lost(error: OSError, data: bytes) -> TransportError:
    what = error.strerror or str(error)
    if data:
        return ConnectionLostError(f"The connection broke within the answer: {what}.")
    return NoAnswerError(f"The connection broke before an answer came: {what}.")
