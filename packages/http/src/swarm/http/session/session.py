"""`HttpSession`: the API of `requests.Session` and a row for every request."""

import time
from collections.abc import Mapping
from typing import Any, Self

import requests
from requests import HTTPError, PreparedRequest, RequestException, Response
from urllib3 import HTTPResponse, PoolManager

from swarm.core.event import RequestEvent
from swarm.http.recording import RecordedSession, join_url
from swarm.http.session.adapter import FastAdapter, limits_of
from swarm.http.session.borrowed import extract_cookies, set_next
from swarm.http.session.express import is_ordinary, prepare
from swarm.http.session.lean import LeanResponse
from swarm.http.session.response import FailedResponse, catch
from swarm.http.session.state import late_attribute
from swarm.http.session.wire import OddRequestError

_NESTED = "_swarm_nested"
"""Marks a `send()` as part of a request that is already being recorded."""

_STEPS = (
    "prepare_request", "merge_environment_settings", "send", "get_adapter",
    "resolve_redirects", "get_redirect_target", "should_strip_auth",
    "rebuild_auth", "rebuild_method", "rebuild_proxies",
)  # fmt: skip


class HttpSession(RecordedSession, requests.Session):
    """A `requests.Session` that knows a base host and reports every request.

    It can be passed wherever a `requests.Session` is wanted. A request that
    requests cannot complete (no connection, a timeout, endless redirects, an
    invalid URL) raises nothing: it returns a response with `status_code` 0 whose
    `raise_for_status()` raises the error, and counts as a failure.

    Proxies, netrc and certificate bundles in the environment are ignored unless
    `trust_env` is set to True.

    Args:
        base_url: Put in front of URLs that are only a path.
        request_event: Where results go, usually `environment.events.request`.
        user: The user whose `context()` every request carries, if any.
        pool_manager: Connections to share with other sessions. Without one, each
            session has its own.
    """

    # Most sessions never change these, so thousands of users share them.
    auth = None
    stream = False
    verify = True
    cert = None
    max_redirects = requests.models.DEFAULT_REDIRECT_LIMIT
    trust_env = False
    pool_manager: PoolManager | None = None

    _takes_short_way = True

    def __init__(
        self,
        base_url: str | None,
        request_event: Any,
        user: Any,
        *,
        pool_manager: PoolManager | None = None,
    ) -> None:
        # requests.Session.__init__ is left out on purpose: it builds two adapters and
        # a cookie jar, which takes longer than a request. See `__getattr__`.
        self._record_for(base_url, request_event, user)
        self.pool_manager = pool_manager

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # A subclass that replaces a step of requests' way gets that way.
        super().__init_subclass__(**kwargs)
        cls._takes_short_way = all(
            getattr(cls, name) is getattr(HttpSession, name) for name in _STEPS
        )

    def __getattr__(self, name: str) -> Any:
        """Build what `requests.Session.__init__` would have built, when it is first used."""
        value = late_attribute(self, name)
        self.__dict__[name] = value
        return value

    def __copy__(self) -> Self:
        """Return a session with the same settings, cookies and connections, counted alike."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: the state of a `requests.Session` and the base host."""
        return {name: getattr(self, name, None) for name in (*self.__attrs__, "base_url")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickled session. Who listens to requests stays behind, as does the user."""
        self._record_for(None, RequestEvent(), None)
        for name, value in state.items():
            setattr(self, name, value)

    def request(  # type: ignore[override] # noqa: PLR0913 - requests' own list, after ours
        self,
        method: str | bytes,
        url: Any,
        name: str | None = None,
        catch_response: bool = False,  # noqa: FBT001, FBT002 - documented form
        context: Mapping[str, Any] | None = None,
        *,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        cookies: Any = None,
        files: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = True,
        proxies: Any = None,
        hooks: Any = None,
        stream: bool | None = None,
        verify: Any = None,
        cert: Any = None,
        json: Any = None,
    ) -> Any:
        """Send a request and report it.

        Args:
            method: GET, POST and so on.
            url: A path, which the base host is put in front of, or a full address.
            name: The name of its row, instead of the path.
            catch_response: Return a response for a with-block that decides whether
                the request was a success.
            context: Data for listeners of the request event.
            params: Dictionary, list of tuples or bytes for the query string.
            data: Dictionary, list of tuples, bytes or file-like object to send.
            headers: Headers to send beside those of the session.
            cookies: Dictionary or cookie jar to send beside those of the session.
            files: Dictionary of file-like objects for a multipart upload.
            auth: Tuple or callable for Basic, Digest or other authentication.
            timeout: Seconds, or a tuple of seconds to connect and seconds to wait
                for data. Without one, the request waits for ever.
            allow_redirects: Follow redirects.
            proxies: Dictionary of protocol or host to the address of a proxy.
            hooks: Dictionary of hook name to a callable or a list of them.
            stream: Do not download the body; its time and size are then not counted.
            verify: Whether to verify the server's certificate, or the path of a CA
                bundle to verify it with.
            cert: Path of a client certificate, or a tuple of certificate and key.
            json: Data to send as JSON.

        Returns:
            A `requests.Response`; with `catch_response` a `CaughtResponse`.
        """
        url = _text(url)
        method = (method.decode() if isinstance(method, bytes) else method).upper()
        start_time = time.time()
        started = time.perf_counter()
        try:
            response = None
            if cookies is None and not (files or hooks or proxies) and self._takes_short_way:
                response = self._send_express(
                    method, url, params, data, headers, auth, json,
                    timeout, allow_redirects, stream, verify, cert,
                )  # fmt: skip
            if response is None:
                request = requests.Request(
                    method, join_url(self.base_url, url), headers, files, data or {},
                    params or {}, auth, cookies, hooks, json,
                )  # fmt: skip
                response = self._send_at_length(
                    request, timeout, allow_redirects, proxies, stream, verify, cert
                )
        except RequestException as error:
            response = FailedResponse(error, method, join_url(self.base_url, url))
        elapsed = (time.perf_counter() - started) * 1000
        return self._report(
            response,
            request_type=method,
            name=self._name_of(url, name),
            response_time=elapsed,
            response_length=_length(response, self.stream if stream is None else stream),
            context=self._context_of(context),
            start_time=start_time,
            catch_response=catch_response,
        )

    def get(self, url: Any, params: Any = None, **kwargs: Any) -> Any:
        """Send a GET request. See `request` for the arguments and the result."""
        return self.request("GET", url, params=params, **kwargs)

    def options(self, url: Any, **kwargs: Any) -> Any:
        """Send an OPTIONS request. See `request`."""
        return self.request("OPTIONS", url, **kwargs)

    def head(self, url: Any, **kwargs: Any) -> Any:
        """Send a HEAD request. See `request`. Redirects are not followed unless asked for."""
        kwargs.setdefault("allow_redirects", False)
        return self.request("HEAD", url, **kwargs)

    def post(self, url: Any, data: Any = None, json: Any = None, **kwargs: Any) -> Any:
        """Send a POST request. See `request`."""
        return self.request("POST", url, data=data, json=json, **kwargs)

    def put(self, url: Any, data: Any = None, **kwargs: Any) -> Any:
        """Send a PUT request. See `request`."""
        return self.request("PUT", url, data=data, **kwargs)

    def patch(self, url: Any, data: Any = None, **kwargs: Any) -> Any:
        """Send a PATCH request. See `request`."""
        return self.request("PATCH", url, data=data, **kwargs)

    def delete(self, url: Any, **kwargs: Any) -> Any:
        """Send a DELETE request. See `request`."""
        return self.request("DELETE", url, **kwargs)

    def _send_express(  # noqa: PLR0913, PLR0917 - private, and hot
        self, method: str, url: str, params: Any, data: Any, headers: Any, auth: Any, json: Any,
        timeout: Any, allow_redirects: Any, stream: Any, verify: Any, cert: Any,
    ) -> Response | None:  # fmt: skip
        """Send a request the short way; None if it has to take the long one."""
        if not is_ordinary(self):
            return None
        stream = self.stream if stream is None else stream
        verify = self.verify if verify is None else verify
        cert = self.cert if cert is None else cert
        adapter: FastAdapter = self.own_adapter
        try:
            request, wired = prepare(self, method, url, params, data, headers, auth, json)
            pool = adapter.connections_to(wired.place.origin, verify, cert)
            limits = limits_of(timeout)
        except OddRequestError:
            return None
        response = adapter.exchange(request, wired, pool, limits, stream=stream)
        if response.head.cookies:
            extract_cookies(self.cookies, request, response.raw)
        if response.head.location is None:
            return response
        last: Response = response
        if response.is_redirect:
            last = self._redirected(
                response, allow_redirects, stream=stream, timeout=timeout, verify=verify, cert=cert
            )
        if not stream:
            last.content  # noqa: B018 - reads it
        return last

    def _redirected(self, response: Response, follow: Any, **settings: Any) -> Response:
        """Return the last response of a chain of redirects, or only look where it leads."""
        request = response.request
        settings["proxies"] = {}
        if not follow:
            following = self.resolve_redirects(response, request, yield_requests=True, **settings)
            set_next(response, next(following, None))
            return response
        chain: list[Response] = [response]
        chain += self.resolve_redirects(response, request, **settings)
        last = chain.pop()
        last.history = chain
        return last

    def _send_at_length(
        self, request: requests.Request, timeout: Any, allow_redirects: Any, proxies: Any,
        stream: Any, verify: Any, cert: Any,
    ) -> Response:  # fmt: skip
        """Send a request the way of `requests.Session.request`, but know that it is recorded."""
        prepared = self.prepare_request(request)
        settings: dict[str, Any] = {
            **self.merge_environment_settings(
                prepared.url or "", proxies or {}, stream, verify, cert
            ),
            "timeout": timeout,
            "allow_redirects": allow_redirects,
            _NESTED: True,
        }
        return self.send(prepared, **settings)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request and report it, as `request()` does.

        Args:
            request: What `prepare_request()` or `Request.prepare()` returned.
            kwargs: stream, timeout, verify, cert, proxies, allow_redirects.
        """
        if kwargs.pop(_NESTED, False):
            return super().send(request, **kwargs)
        start_time = time.time()
        started = time.perf_counter()
        try:
            response = super().send(request, **kwargs)
        except RequestException as error:
            response = FailedResponse(error, request.method or "", request.url or "")
        elapsed = (time.perf_counter() - started) * 1000
        return self._report(
            response,
            request_type=request.method or "",
            name=self._name_of(request.url or "", None),
            response_time=elapsed,
            response_length=_length(response, kwargs.get("stream", self.stream)),
            context=self._context_of(None),
            start_time=start_time,
        )

    def resolve_redirects(self, resp: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        """Follow redirects. They are part of one request, so they are no rows of their own."""
        kwargs[_NESTED] = True
        return super().resolve_redirects(resp, req, *args, **kwargs)

    def _report(
        self,
        response: Response,
        *,
        catch_response: bool = False,
        **meta: Any,
    ) -> Response:
        """Fire the request event for `response`, or leave that to its with-block."""
        meta["exception"] = _verdict(response, meta["name"])
        history = response.__dict__.get("history")
        meta["url"] = (history[0] if history else response).url
        if catch_response:
            meta["context"] = meta["context"] or {}
            return catch(response, self.request_event, meta)
        self.request_event.fire(response=response, **meta)
        return response


def _text(url: Any) -> str:
    """Return a URL as requests reads it: text, bytes or any object, white space before it."""
    text: str = url.decode("utf-8") if isinstance(url, bytes) else str(url)
    return text.lstrip()


def _length(response: Response, stream: Any) -> int:
    """Return the bytes of the body as it was sent; those announced if it is streamed."""
    if stream:
        announced = response.headers.get("content-length", "")
        return int(announced) if announced.isdecimal() else 0
    if isinstance(response, LeanResponse) and response.received is not None:
        return response.received
    content = response.content or b""
    raw = response.raw
    # urllib3 counts what it read; for bodies in chunks that may be nothing.
    return (raw.tell() if isinstance(raw, HTTPResponse) else 0) or len(content)


def _verdict(response: Response, name: str) -> RequestException | None:
    """Return what the request failed with by the usual rule; None if it did not."""
    if 0 < response.status_code < 400:  # noqa: PLR2004 - nothing to raise for
        return None
    if isinstance(response, FailedResponse):
        return response.error
    try:
        response.raise_for_status()
    except HTTPError as error:
        # The address may be another one each time; failures are counted by row.
        return HTTPError(str(error).replace(response.url, name), response=response)
    except RequestException as error:
        return error
    return None
