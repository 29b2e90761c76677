"""An HTTP client with the memory of a browser: cookies, logins, redirects. It counts nothing."""

from http.cookiejar import CookieJar
from time import perf_counter
from typing import TextIO

from swarm.http.fast.auth import basic
from swarm.http.fast.cookie import SessionCookies
from swarm.http.fast.debug import print_request, print_response
from swarm.http.fast.extras import WITH_BODY, Extras
from swarm.http.fast.redirect import redirect_of
from swarm.http.fast.response import FastResponse
from swarm.http.fast.sent import SentRequest, UnsentRequest
from swarm.http.recording import join_url
from swarm.http.transport.address import parse_url, plain_target
from swarm.http.transport.body import Body
from swarm.http.transport.error import TooManyRedirectsError, TransportError, without_frames
from swarm.http.transport.exchange import exchange
from swarm.http.transport.pool import ConnectionPool, OriginPool
from swarm.http.transport.reading import BodyReader
from swarm.http.transport.request import Headers, format_fields
from swarm.http.transport.response import Head

Limits = tuple[float | None, float | None]
"""Seconds for connecting, and for each wait for data."""

_UNAUTHORIZED = 401
_WORTH_READING = 65_536  # bytes; reading the rest of a redirect is cheaper than reconnecting


class FastClient:
    """Sends requests over a connection pool.

    Args:
        clientpool: The connections.
        fields: Header fields of every request. They may be shared with other clients
            until someone asks for `headers`.
        max_redirects: How many redirects are followed before a request fails.
        max_retries: How often a request that got no answer is sent again.
    """

    __slots__ = (
        "_base_url",
        "_cookies",
        "_credentials",
        "_home",
        "_own_fields",
        "_prefix",
        "clientpool",
        "fields",
        "limits",
        "max_redirects",
        "max_retries",
    )

    def __init__(
        self,
        clientpool: ConnectionPool,
        fields: Headers,
        max_redirects: int,
        max_retries: int,
    ) -> None:
        self.clientpool = clientpool
        self.max_redirects = max_redirects
        self.max_retries = max_retries
        self.limits: Limits = (
            clientpool.settings.connection_timeout,
            clientpool.settings.network_timeout,
        )
        self.fields = fields
        self._own_fields = False
        self._cookies: SessionCookies | None = None
        self._base_url: str | None = None  # what the next three were made from
        self._home: OriginPool | None = None
        self._prefix = ""
        self._credentials: tuple[str, str] | None = None

    @property
    def headers(self) -> Headers:
        """Header fields of every request, by name in any case. Change them at will.

        `fields` are the same to look at, but they may belong to other clients too.
        """
        if not self._own_fields:
            self.fields = self.fields.merged({})
            self._own_fields = True
        return self.fields

    @property
    def cookiejar(self) -> SessionCookies:
        """The cookies, an `http.cookiejar.CookieJar`."""
        if self._cookies is None:
            self._cookies = SessionCookies()
        return self._cookies

    @cookiejar.setter
    def cookiejar(self, jar: CookieJar) -> None:
        self._cookies = SessionCookies()
        for cookie in jar:
            self._cookies.set_cookie(cookie)

    def close(self) -> None:
        """Close the connections and forget the cookies. The client stays usable."""
        self.clientpool.close()
        self._cookies = None

    def perform(
        self,
        make: type[FastResponse],
        base_url: str | None,
        method: str,
        url: str,
        limits: Limits,
        extras: Extras | None,
        debug: TextIO | None,
        *,
        stream: bool,
        allow_redirects: bool,
    ) -> FastResponse:
        """Send a request and what follows from it, and return the last answer.

        If there is no answer, the response carries the error.

        Args:
            make: The class of the response.
            base_url: What a URL without a host is relative to.
            method: The HTTP method.
            url: A path or a full address.
            limits: Timeouts.
            extras: What the request asks for beside method and URL.
            debug: Where to print what goes over the wire.
            stream: Whether to return when the head has come.
            allow_redirects: Whether to follow redirects.
        """
        started = now = perf_counter()
        history: list[FastResponse] = []
        sent: SentRequest | None = None
        try:
            sent = self._prepare(base_url, method, url, extras)
            while True:
                if debug is not None:
                    print_request(debug, sent)
                head, body = self._exchange(sent, limits, now, stream=stream)
                if debug is not None:
                    print_response(debug, head, body)
                if head.location is None and not head.cookies and head.status != _UNAUTHORIZED:
                    break
                if extras is None:
                    extras = Extras(self.fields)
                following = self._following(sent, head, extras, redirects=allow_redirects)
                if following is None:
                    break
                _finish(body)
                history.append(make(sent, head, body, perf_counter() - now))
                if len(history) > self.max_redirects:
                    raise TooManyRedirectsError(
                        f"The server redirected more than {self.max_redirects} times."
                    )
                sent, now = following, perf_counter()
            response = make(sent, head, body, perf_counter() - started)
        except TransportError as error:
            asked = UnsentRequest(method, url) if sent is None else sent
            seconds = perf_counter() - started
            response = make(asked, None, b"", seconds, without_frames(error))
        if history:
            response.history = tuple(history)
        return response

    def _exchange(
        self, sent: SentRequest, limits: Limits, now: float, *, stream: bool
    ) -> tuple[Head, bytes | BodyReader]:
        request = sent.head.encode("latin-1")
        content = sent.content
        body = None
        if content is not None:
            if isinstance(content, Body):
                body = content
            else:
                request += content
        left = self.max_retries
        while True:
            try:
                return exchange(sent.pool, sent.method, request, body, *limits, now, stream=stream)
            except TransportError:
                if left <= 0 or (body is not None and not body.repeatable):
                    raise
            left -= 1
            now = perf_counter()

    def _prepare(
        self, base_url: str | None, method: str, url: str, extras: Extras | None
    ) -> SentRequest:
        """Work out where a request goes and what it says.

        Raises:
            InvalidRequestError: If the address, the method or a header field is invalid.
        """
        if base_url is not self._base_url:
            self._settle(base_url)
        if self._home is not None and plain_target(url):
            return self._written(method, self._home, self._prefix + url, self._credentials, extras)
        address = parse_url(join_url(base_url, url))
        pool = self.clientpool.to(address.origin)
        credentials = address.credentials
        return self._written(method, pool, address.target, credentials, extras)

    def _settle(self, base_url: str | None) -> None:
        """Remember what the base host means for paths below it."""
        self._home = None
        self._base_url = base_url
        if base_url:
            address = parse_url(base_url)
            self._prefix = address.target.rstrip("/")
            self._credentials = address.credentials
            if "?" not in self._prefix:
                self._home = self.clientpool.to(address.origin)

    def _written(
        self,
        method: str,
        pool: OriginPool,
        target: str,
        credentials: tuple[str, str] | None,
        extras: Extras | None,
        authorization: str | None = None,
    ) -> SentRequest:
        """Write the head of a request."""
        content: bytes | Body | None
        if extras is None:
            fields = self.fields
            content = None
            lines = "Content-Length: 0\r\n" if method in WITH_BODY else ""
        else:
            fields = extras.fields
            content = extras.content
            lines = extras.framing(method)
            if authorization is None and extras.auth is not None:
                authorization = extras.auth.first(method, target)
        if authorization is None and credentials is not None and "authorization" not in fields:
            authorization = basic(*credentials)
        if authorization is not None:
            lines += f"Authorization: {authorization}\r\n"
        if self._cookies is not None or (extras is not None and extras.cookies):
            lines += self._cookie_line(pool, target, fields, extras)
        wire = pool.wire
        head = (
            f"{method} {wire.target_prefix}{target} HTTP/1.1\r\n"
            f"{fields.block(wire.host_lines)}{lines}\r\n"
        )
        return SentRequest(method, pool, target, head, content)

    def _cookie_line(
        self, pool: OriginPool, target: str, fields: Headers, extras: Extras | None
    ) -> str:
        """Return the Cookie field; "" if there are no cookies or the test file wrote its own."""
        if "cookie" in fields:
            return ""
        kept = "" if self._cookies is None else self._cookies.header_for(pool.origin, target)
        own = "" if extras is None else extras.cookies
        value = f"{kept}; {own}" if kept and own else kept or own
        return format_fields((("Cookie", value),)) if value else ""

    def _following(
        self, sent: SentRequest, head: Head, extras: Extras, *, redirects: bool
    ) -> SentRequest | None:
        """Take in what the answer asks to remember; return the request it calls for, if any."""
        pool = sent.pool
        if head.cookies:
            self.cookiejar.take(head.cookies, pool.origin, sent.target)
        if head.status == _UNAUTHORIZED and extras.auth is not None:
            answer = extras.auth.answer(head, sent.method, sent.target)
            if answer is not None:
                return self._written(sent.method, pool, sent.target, None, extras, answer)
        redirect = redirect_of(head, sent.method, pool.origin, sent.target) if redirects else None
        if redirect is None:
            return None
        extras.follow(redirect)
        address = redirect.address
        credentials = address.credentials
        if credentials is None and redirect.same_origin and pool is self._home:
            credentials = self._credentials
        return self._written(
            redirect.method,
            self.clientpool.to(address.origin),
            address.target,
            credentials,
            extras,
        )


def _finish(body: bytes | BodyReader) -> None:
    """Read the rest of a body that nobody wants, if that is cheaper than a new connection."""
    if not isinstance(body, bytes):
        if 0 <= body.head.length <= _WORTH_READING:
            body.read_all()
        body.close()
