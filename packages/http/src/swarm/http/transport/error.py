"""Everything that can go wrong between a request and its answer.

TransportError                 no usable answer came
+-- InvalidRequestError        the request cannot be sent as it is: address, header, body
+-- ConnectError               no connection came about
|   +-- ResolveError           the host name is unknown
|   +-- RefusedError           nobody listens there
|   +-- ConnectTimeoutError    not within the connection timeout
|   +-- TLSError               the handshake failed or the certificate is not trusted
|   +-- ProxyError             the proxy would not
+-- ReadTimeoutError           connected, but nothing came within the network timeout
+-- ConnectionLostError        closed or reset before the answer was complete
|   +-- NoAnswerError          before its first byte
+-- ProtocolError              what came is no HTTP
+-- BodyDecodeError            the body is not what its Content-Encoding says
+-- TooManyRedirectsError      redirected more often than allowed
"""


class TransportError(Exception):
    """No usable answer came."""


class InvalidRequestError(TransportError):
    """The request cannot be sent as it is: its address, a header or its body is invalid."""


class ConnectError(TransportError):
    """No connection came about."""


class ResolveError(ConnectError):
    """The host name is unknown."""


class RefusedError(ConnectError):
    """Nobody listens at the address."""


class ConnectTimeoutError(ConnectError):
    """There was no connection within the connection timeout."""


class TLSError(ConnectError):
    """The TLS handshake failed or the certificate is not trusted."""


class ProxyError(ConnectError):
    """The proxy refused to connect."""


class ReadTimeoutError(TransportError):
    """The server sent nothing for as long as the network timeout."""


class ConnectionLostError(TransportError):
    """The connection was closed or reset before the answer was complete."""


class NoAnswerError(ConnectionLostError):
    """The connection was closed or reset before the first byte of an answer.

    Args:
        message: What happened.
        sent: Whether any byte of the request may have reached the server.
    """

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class ProtocolError(TransportError):
    """What the server sent is not HTTP, or breaks its rules."""


class BodyDecodeError(TransportError):
    """The body is not what its Content-Encoding says."""


class TooManyRedirectsError(TransportError):
    """The server redirected more often than allowed."""


def without_frames(error: TransportError) -> TransportError:
    """Return the error without tracebacks, its own and its causes', for a response to carry.

    The frames hold the response, the connection and the pool. Kept, they would be a
    cycle, in which sockets stay open until the garbage collector comes by.
    """
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
