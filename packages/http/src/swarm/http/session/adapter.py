"""A transport adapter for requests that goes without urllib3's pools and http.client."""

import http.client
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

from certifi import where
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import select_proxy

from swarm.http.session.body import BodyFile, RawResponse, decoded
from swarm.http.session.failing import during_body, during_head
from swarm.http.session.lean import LeanResponse
from swarm.http.session.wire import OddRequestError, Wired, encoded
from swarm.http.transport.address import Origin
from swarm.http.transport.connect import Settings
from swarm.http.transport.error import TransportError
from swarm.http.transport.exchange import exchange
from swarm.http.transport.pool import ConnectionPool, OriginPool
from swarm.http.transport.tls import tls_context

_UNLIMITED = 1_000_000_000
"""requests opens as many connections as there are requests at a time."""

Limits = tuple[float | None, float | None]
"""Seconds to connect and seconds to wait for data."""


def limits_of(timeout: Any) -> Limits:
    """Return what `timeout=` says.

    Raises:
        OddRequestError: If it is of a form that only urllib3 knows, or nonsense.
    """
    if timeout is None:
        return None, None
    limits = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(limits) != 2 or not all(map(_is_limit, limits)):  # noqa: PLR2004 - connect and read
        raise OddRequestError
    return limits


def _is_limit(seconds: Any) -> bool:
    return seconds is None or (type(seconds) in {int, float} and seconds > 0)


class FastAdapter(BaseAdapter):
    """Sends ordinary requests itself and passes the others to requests' own adapter.

    Others are those through proxies, with bodies that are read while they are sent,
    or with odd headers, and all of them while `http.client.HTTPConnection.debuglevel`
    is set, which prints what goes over the wire.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pools: dict[Any, ConnectionPool] = {}
        self._standard: HTTPAdapter | None = None

    @property
    def standard(self) -> HTTPAdapter:
        """The adapter of requests, for what is out of the ordinary."""
        if self._standard is None:
            self._standard = HTTPAdapter()
        return self._standard

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests' form
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - requests' form
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        """Send a prepared request. See `requests.adapters.BaseAdapter.send`."""
        way = self._way_of(request, timeout, verify, cert, proxies)
        if way is None:
            return self.standard.send(request, stream, timeout, verify, cert, proxies)
        return self.exchange(request, *way, stream=bool(stream))

    def _way_of(
        self, request: PreparedRequest, timeout: Any, verify: Any, cert: Any, proxies: Any
    ) -> "tuple[Wired, OriginPool, Limits] | None":
        """Return how a request is sent, None if it is out of the ordinary."""
        if http.client.HTTPConnection.debuglevel:
            return None
        if proxies and select_proxy(request.url or "", proxies):
            return None
        try:
            way = encoded(request)
            return way, self.connections_to(way.place.origin, verify, cert), limits_of(timeout)
        except OddRequestError:
            return None

    def connections_to(self, origin: Origin, verify: Any, cert: Any) -> OriginPool:
        """Return the connections to `origin` under these TLS settings.

        Raises:
            OddRequestError: If the adapter of requests has to judge the settings.
        """
        wishes = (verify if origin.secure else True, cert)  # a missing certificate is said anyway
        try:
            pool = self._pools.get(wishes)
        except TypeError as error:  # a list of certificate and key
            raise OddRequestError from error
        if pool is None:
            pool = self._pools[wishes] = ConnectionPool(_settings(*wishes))
        return pool.to(origin)

    def exchange(
        self,
        request: PreparedRequest,
        wired: Wired,
        pool: OriginPool,
        limits: Limits,
        *,
        stream: bool,
    ) -> LeanResponse:
        """Send `request`, which is `wired` on the wire, and return the response.

        Raises:
            RequestException: Of the kind that requests would raise.
        """
        started = perf_counter()
        try:
            head, body = exchange(
                pool, request.method or "", wired.data, wired.body, *limits, started, stream=True
            )
        except TransportError as error:
            raise during_head(error, request) from error
        seconds = perf_counter() - started
        # That of a redirect may be broken, which requests finds out, and puts up with, later.
        if stream or head.location is not None:
            response = LeanResponse(head, request, None, self, seconds)
            file = BytesIO(body) if isinstance(body, bytes) else BodyFile(body)
            response.raw = RawResponse(head, file, request)
            return response
        if not isinstance(body, bytes):
            try:
                body = body.read_all()
            except TransportError as error:
                raise during_body(error, request) from error
        content = body if head.encoding is None else decoded(head, body, request)
        response = LeanResponse(head, request, content, self, seconds)
        response.received = len(body)
        return response

    def close(self) -> None:
        """Close the connections. The adapter stays usable."""
        for pool in self._pools.values():
            pool.close()
        if self._standard is not None:
            self._standard.close()

    def __reduce__(self) -> Any:
        return FastAdapter, ()  # connections cannot be pickled


@lru_cache(maxsize=64)
def _settings(verify: Any, cert: Any) -> Settings:
    """Return how connections are made under these TLS settings.

    Raises:
        OddRequestError: If they are of no known form, or files are missing.
    """
    if verify is True:
        verify = where()
    elif verify is not False and not (isinstance(verify, str) and Path(verify).exists()):
        raise OddRequestError
    files = (cert,) if isinstance(cert, str) else cert or ()
    if not all(isinstance(file, str) and Path(file).exists() for file in files):
        raise OddRequestError
    return Settings(
        concurrency=_UNLIMITED, ssl_context_factory=partial(tls_context, verify, cert or None)
    )
