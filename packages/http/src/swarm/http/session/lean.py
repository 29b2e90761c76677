"""Requests and responses whose rarely read parts are built when they are first read."""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from swarm.http.session.body import RawResponse
from swarm.http.session.borrowed import (
    default_hooks,
    encoding_from,
    extract_cookies,
    merge_cookies,
    new_jar,
)
from swarm.http.transport.response import Head

Pairs = tuple[tuple[str, str | bytes], ...]


class LeanRequest(PreparedRequest):
    """A prepared request that is quick to make.

    Args:
        method, url, body: What `PreparedRequest` has under these names.
        pairs: Its header fields.
        jar: The session's cookies, None if it has none.
    """

    _body_position = None

    def __init__(
        self, method: str, url: str, body: Any, pairs: Pairs, jar: RequestsCookieJar | None
    ) -> None:
        # PreparedRequest.__init__ only sets to None what is set here or built later.
        self.method = method
        self.url = url
        self.body = body
        self._pairs = pairs
        self._jar = jar

    def __getattr__(self, name: str) -> Any:
        build = _REQUEST_PARTS.get(name)
        if build is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = self.__dict__[name] = build(self)
        return value

    def __reduce__(self) -> Any:
        # What a PreparedRequest is pickled as; there is nothing late in that.
        return _restored, (
            self.method,
            self.url,
            self.body,
            tuple(self.headers.items()),
            self._cookies,
        )


def _restored(
    method: str, url: str, body: Any, pairs: Pairs, jar: RequestsCookieJar | None
) -> LeanRequest:
    return LeanRequest(method, url, body, pairs, jar)


def _cookies_of(request: LeanRequest) -> RequestsCookieJar:
    jar = new_jar()
    if request._jar is not None:  # noqa: SLF001 - a builder of its class
        merge_cookies(jar, request._jar)  # noqa: SLF001
    return jar


_REQUEST_PARTS: dict[str, Callable[[LeanRequest], Any]] = {
    "headers": lambda request: CaseInsensitiveDict(request._pairs),  # noqa: SLF001
    "hooks": lambda _: default_hooks(),
    "_cookies": _cookies_of,
}


class LeanResponse(Response):
    """A response that is quick to make.

    Args:
        head: Status and header fields.
        request: What was sent.
        content: The body, decoded; None if it has not been read.
        adapter: What sent it.
        seconds: The time until the head had come.
    """

    _next = None

    received: int | None = None
    """Bytes of the body as they came, before decoding; None if it was not read at once."""

    def __init__(
        self,
        head: Head,
        request: PreparedRequest,
        content: bytes | None,
        adapter: Any,
        seconds: float,
    ) -> None:
        # Response.__init__ builds an empty cookie jar and more that is built later here.
        self.head = head
        self._seconds = seconds
        self.status_code = head.status
        self.reason = head.reason
        self.url = request.url or ""
        self.request = request
        self.connection = adapter
        if content is None:
            self._content: Any = False
            self._content_consumed = False
        else:
            self._content = content
            self._content_consumed = True

    def __getattr__(self, name: str) -> Any:
        build = _RESPONSE_PARTS.get(name)
        if build is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = self.__dict__[name] = build(self)
        return value


def _response_cookies(response: LeanResponse) -> RequestsCookieJar:
    jar = new_jar()
    if response.head.cookies:
        extract_cookies(jar, response.request, response.raw)
    return jar


def _response_headers(response: LeanResponse) -> CaseInsensitiveDict[str]:
    pairs = response.head.pairs
    headers = CaseInsensitiveDict(pairs)
    if len(headers) != len(pairs):  # a field that came twice has both values
        return CaseInsensitiveDict(response.raw.headers)
    return headers


def _encoding(response: LeanResponse) -> str | None:
    types = [value for name, value in response.head.pairs if name.lower() == "content-type"]
    return _encoding_of(", ".join(types)) if types else None


@lru_cache(maxsize=256)
def _encoding_of(content_type: str) -> str | None:
    return encoding_from(CaseInsensitiveDict({"Content-Type": content_type}))


def _raw_of_read_body(response: LeanResponse) -> RawResponse:
    raw = RawResponse(response.head, BytesIO(), response.request)
    raw.length_remaining = 0
    raw.close()
    return raw


_RESPONSE_PARTS: dict[str, Callable[[LeanResponse], Any]] = {
    "cookies": _response_cookies,
    "elapsed": lambda response: timedelta(seconds=response._seconds),  # noqa: SLF001
    "encoding": _encoding,
    "headers": _response_headers,
    "history": lambda _: [],
    "raw": _raw_of_read_body,
}
