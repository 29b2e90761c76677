"""`FastHttpSession`: a client whose requests are counted."""

from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import CookieJar
from time import time
from typing import Any, Self, TextIO

from swarm.core.event import EventHook
from swarm.http.fast.auth import Auth
from swarm.http.fast.client import FastClient, Limits
from swarm.http.fast.cookie import SessionCookies
from swarm.http.fast.default import default_fields
from swarm.http.fast.extras import Extras
from swarm.http.fast.response import CaughtFastResponse, FastResponse
from swarm.http.fast.sent import UnsentRequest
from swarm.http.fast.sharing import settings_for, shared_pool
from swarm.http.recording import RecordedSession, row_name
from swarm.http.transport.address import with_params
from swarm.http.transport.error import TransportError, without_frames
from swarm.http.transport.pool import ConnectionPool
from swarm.http.transport.request import Headers, check_method

Timeout = float | tuple[float | None, float | None] | None
"""Seconds for connecting and for each wait for data, or one number for both."""

_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))


class FastHttpSession(RecordedSession):
    """Sends HTTP requests and counts them. Cookies and connections are kept between requests.

    A request that cannot be completed (no connection, a timeout, endless redirects, an
    invalid header) raises nothing: it gives a response with `status_code` 0, and counts
    as a failure.

    Args:
        base_url: The base host, put before URLs that are only a path.
        request_event: Where results go, usually `environment.events.request`.
        user: The user whose `context()` every request carries, if any.
        insecure: Whether to trust any TLS certificate.
        client_pool: A `geventhttpclient.client.HTTPClientPool` to share connections
            with other sessions; its own arguments go before those given here.
        ssl_context_factory: Makes the TLS context, once; `insecure` has no effect then.
        max_redirects: How many redirects are followed before the request fails.
        max_retries: How often a request that got no answer is sent again before it fails.
        default_headers: Header fields of every request; None as a value takes away one
            that would be sent otherwise.
        connection: How to connect: connection_timeout and network_timeout (seconds),
            concurrency, proxy_host, proxy_port, proxy_user, proxy_password.
    """

    def __init__(
        self,
        base_url: str | None,
        request_event: EventHook[...],
        user: Any,
        insecure: bool = True,  # noqa: FBT001, FBT002 - the documented form
        client_pool: Any = None,
        ssl_context_factory: Callable[[], Any] | None = None,
        *,
        max_redirects: int = 30,
        max_retries: int = 0,
        default_headers: Mapping[str, str | None] | None = None,
        **connection: Any,
    ) -> None:
        self._record_for(base_url, request_event, user)
        settings = settings_for(insecure, ssl_context_factory, **connection)
        pool = (
            ConnectionPool(settings) if client_pool is None else shared_pool(client_pool, settings)
        )
        self.client = FastClient(pool, default_fields(default_headers), max_redirects, max_retries)
        """What sends the requests. `client.clientpool.close()` closes its connections."""

    @property
    def headers(self) -> Headers:
        """Header fields of every request, by name in any case. Change them at will."""
        return self.client.headers

    @property
    def cookiejar(self) -> SessionCookies:
        """The cookies, an `http.cookiejar.CookieJar`."""
        return self.client.cookiejar

    @cookiejar.setter
    def cookiejar(self, jar: CookieJar) -> None:
        self.client.cookiejar = jar

    cookies = cookiejar

    def close(self) -> None:
        """Close the connections and forget the cookies. The session stays usable."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def request(  # noqa: PLR0913, PLR0917 - the documented form
        self,
        method: str,
        url: str,
        name: str | None = None,
        data: Any = None,
        catch_response: bool = False,  # noqa: FBT001, FBT002 - the documented form
        stream: bool = False,  # noqa: FBT001, FBT002
        headers: Mapping[str, Any] | None = None,
        auth: Auth | tuple[str, str] | None = None,
        json: Any = None,
        allow_redirects: bool = True,  # noqa: FBT001, FBT002
        context: Mapping[str, Any] | None = None,
        *,
        params: Any = None,
        files: Any = None,
        cookies: Mapping[str, Any] | CookieJar | None = None,
        timeout: Timeout = None,
        debug_stream: TextIO | None = None,
    ) -> Any:
        """Send a request and count it.

        Args:
            method: The HTTP method.
            url: A path, which is put after the base host, or a full address.
            name: What to count the request under instead of the path.
            data: The body: bytes, text, a mapping or pairs (sent as a form), a binary
                file, or an iterable of bytes.
            catch_response: Whether the response is used in a with-block that decides on
                success or failure. See `ResponseContextManager`.
            stream: Whether to return when the head has come. The body is then read
                through `stream`, `iter_lines()` or `content`, and its time is not counted.
            headers: Header fields; None as a value takes one of the session's away.
            auth: User and password for Basic, or a `BasicAuth` or `DigestAuth`.
            json: What to send as JSON, with fitting Content-Type and Accept. Only used
                if `data` is not set.
            allow_redirects: Whether to follow redirects.
            context: Data for listeners of the request event.
            params: Appended to the URL's query: a mapping, pairs, or text. They are no
                part of the name that the request is counted under.
            files: Files of a multipart form, whose other fields `data` gives.
            cookies: Cookies for this request only.
            timeout: Seconds, or (seconds to connect, seconds to wait for data).
            debug_stream: Where to print what goes over the wire, for example `sys.stderr`.

        Returns:
            A `FastResponse`, which is a `ResponseContextManager` with `catch_response=True`.
        """
        start_time = time()
        client = self.client
        make = CaughtFastResponse if catch_response else FastResponse
        extras = None
        try:
            if method not in _METHODS:
                method = check_method(method)
            if not (
                data is None
                and headers is None
                and json is None
                and auth is None
                and files is None
                and cookies is None
            ):
                extras = Extras(client.fields, headers, data, json, files, auth, cookies)
            response = client.perform(
                make,
                self.base_url,
                method,
                url if params is None else with_params(url, params),
                client.limits if timeout is None else _limits_of(timeout),
                extras,
                debug_stream,
                stream=stream,
                allow_redirects=allow_redirects,
            )
        except TransportError as error:
            response = make(UnsentRequest(method, url), None, b"", 0.0, without_frames(error))
        return self._record(response, method, url, name, context, start_time)

    def _record(
        self,
        response: FastResponse,
        method: str,
        url: str,
        name: str | None,
        context: Mapping[str, Any] | None,
        start_time: float,
    ) -> FastResponse:
        """Count a request, or leave that to the with-block of its response."""
        name = name or self.request_name or row_name(self.base_url, url)
        if context is not None or self._has_context:
            context = self._context_of(context)
        first = response.history[0] if response.history else response
        if not isinstance(response, CaughtFastResponse):
            self.request_event.fire(
                request_type=method,
                name=name,
                response_time=response.seconds * 1000,
                response_length=response.length,
                exception=response.failure_reason(),
                response=response,
                context=context,
                start_time=start_time,
                url=first.request.url,
            )
        else:
            response._catch(  # noqa: SLF001 - the mixin is made for sessions
                self.request_event,
                {
                    "request_type": method,
                    "name": name,
                    "response_time": response.seconds * 1000,
                    "response_length": response.length,
                    "exception": response.failure_reason(),
                    "context": context or {},
                    "start_time": start_time,
                    "url": first.request.url,
                },
            )
        return response

    def get(self, url: str, **kwargs: Any) -> Any:
        """Send a GET request. See `request` for the arguments and the result."""
        return self.request("GET", url, **kwargs)

    def head(self, url: str, **kwargs: Any) -> Any:
        """Send a HEAD request. See `request`. Redirects are not followed unless asked for."""
        kwargs.setdefault("allow_redirects", False)
        return self.request("HEAD", url, **kwargs)

    def options(self, url: str, **kwargs: Any) -> Any:
        """Send an OPTIONS request. See `request`."""
        return self.request("OPTIONS", url, **kwargs)

    def delete(self, url: str, **kwargs: Any) -> Any:
        """Send a DELETE request. See `request`."""
        return self.request("DELETE", url, **kwargs)

    def post(self, url: str, data: Any = None, json: Any = None, **kwargs: Any) -> Any:
        """Send a POST request. See `request`."""
        return self.request("POST", url, data=data, json=json, **kwargs)

    def put(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        """Send a PUT request. See `request`."""
        return self.request("PUT", url, data=data, **kwargs)

    def patch(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        """Send a PATCH request. See `request`."""
        return self.request("PATCH", url, data=data, **kwargs)

    def iter_lines(self, url: str, method: str = "GET", **kwargs: Any) -> Iterator[str]:
        """Send a request and yield the lines of the answer as text, each as it arrives.

        The request is counted when the head has come.

        Args:
            url: See `request`.
            method: The HTTP method.
            kwargs: See `request`.

        Raises:
            TransportError: If there is no answer, or it breaks off.
        """
        response = self.request(method, url, stream=True, **kwargs)
        try:
            if response.error is not None:
                raise response.error
            yield from response.iter_lines(decode_unicode=True)
        finally:
            response.close()


def _limits_of(timeout: Timeout) -> Limits:
    if isinstance(timeout, tuple):
        connect, read = timeout
        return connect, read
    return timeout, timeout
