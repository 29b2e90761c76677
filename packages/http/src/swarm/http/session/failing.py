"""Which exception of requests an error of the transport is."""

from requests import PreparedRequest, RequestException
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,  # noqa: A004 - requests' name for it
    ConnectTimeout,
    InvalidURL,
    ReadTimeout,
    SSLError,
)

from swarm.http.transport.error import (
    ConnectTimeoutError,
    InvalidRequestError,
    ReadTimeoutError,
    TLSError,
    TransportError,
)

_BEFORE_THE_BODY: dict[type[TransportError], type[RequestException]] = {
    ConnectTimeoutError: ConnectTimeout,
    InvalidRequestError: InvalidURL,
    ReadTimeoutError: ReadTimeout,
    TLSError: SSLError,
}


def during_head(error: TransportError, request: PreparedRequest) -> RequestException:
    """Return what requests raises if `error` comes before the body."""
    kind = _BEFORE_THE_BODY.get(type(error), ConnectionError)
    return kind(str(error), request=request)


def during_body(error: TransportError, request: PreparedRequest) -> RequestException:
    """Return what requests raises if `error` comes within the body."""
    kind = ConnectionError if isinstance(error, ReadTimeoutError) else ChunkedEncodingError
    return kind(str(error), request=request)
