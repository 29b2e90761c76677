"""The responses that requests itself does not know: failed ones and caught ones."""

from types import TracebackType
from typing import Any, NoReturn, cast

from requests import PreparedRequest, Request, RequestException, Response
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,  # noqa: A004 - requests' name for it
    ContentDecodingError,
    HTTPError,
)
from requests.structures import CaseInsensitiveDict

from swarm.core.event import EventHook
from swarm.http.recording import ResponseContextManager, fresh


class FailedResponse(Response):
    """What a request without an answer returns: `status_code` 0 and `content` None.

    Args:
        error: What requests raised. `raise_for_status()` raises it.
        method: The method that was asked for.
        url: The address that was asked for.
    """

    def __init__(self, error: RequestException, method: str, url: str) -> None:
        super().__init__()
        self.error = _without_frames(error)
        self.status_code = 0
        self.url = url
        self.request = _request_of(error, method, url)

    @property
    def ok(self) -> bool:
        """Always False."""
        return False

    def raise_for_status(self) -> NoReturn:
        """Raise what requests raised."""
        raise fresh(self.error)


def _without_frames(error: RequestException) -> RequestException:
    """Take the tracebacks away: through their frames an error would keep its session alive."""
    link: BaseException | None = error
    while link is not None and link.__traceback__ is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error


def _request_of(error: RequestException, method: str, url: str) -> PreparedRequest:
    if isinstance(error.request, PreparedRequest):
        return error.request
    request = PreparedRequest()
    request.headers = CaseInsensitiveDict()
    if isinstance(error.request, Request):
        method = error.request.method or method
    # It could not be prepared, so it says what it can.
    request.method, request.url = method, url
    return request


# What reading a streamed body raises if the rest does not come or cannot be decoded.
_BODY_ERRORS = (ChunkedEncodingError, ConnectionError, ContentDecodingError)


class CaughtResponse(ResponseContextManager, Response):
    """A `requests.Response` whose verdict a with-block decides (`catch_response=True`)."""

    @property
    def ok(self) -> bool:
        """Whether the server answered, and with a status below 400.

        Calls of `success()` and `failure()` do not change it.
        """
        return self.status_code != 0 and not 400 <= self.status_code < 600  # noqa: PLR2004 - error statuses

    def _exception(self) -> BaseException | None:
        error = super()._exception()
        if isinstance(error, HTTPError) and error.response is None:
            error = fresh(error)
            cast("HTTPError", error).response = self
        return error

    def __exit__(  # type: ignore[override] # requests' type stubs take no arguments for granted
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if isinstance(exc, _BODY_ERRORS) and not self._judged:
            self._judge(exc)
        super().__exit__(exc_type, exc, tb)
        unread = not self._content_consumed  # type: ignore[attr-defined] # private to requests
        if unread and self.raw is not None:
            self.close()  # a stream that was not read to its end


_caught: dict[type[Response], type[Response]] = {Response: CaughtResponse}


def _with_block(cls: type[Response]) -> type[Response]:
    """Return `cls` with the with-block of `CaughtResponse` mixed in, the same one each time."""
    made = type(f"Caught{cls.__name__}", (CaughtResponse, cls), {"__doc__": cls.__doc__})
    return _caught.setdefault(cls, made)


def catch(
    response: Response, request_event: EventHook[...], request_meta: dict[str, Any]
) -> CaughtResponse:
    """Turn `response` into a `CaughtResponse` that fires `request_event` with `request_meta`.

    Its class is changed in place: whatever class an adapter returned stays a base.
    """
    cls = type(response)
    response.__class__ = _caught.get(cls) or _with_block(cls)
    error = request_meta["exception"]
    if isinstance(error, HTTPError):
        error.response = None  # it would be a cycle: see `CaughtResponse._exception`
    caught = cast("CaughtResponse", response)
    caught._catch(request_event, request_meta)  # noqa: SLF001 - the mixin's entrance for sessions
    return caught
