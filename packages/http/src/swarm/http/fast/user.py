"""`FastHttpUser`: a user with a `FastHttpSession`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import signature
from json import JSONDecodeError
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

from swarm.core.exception import CatchResponseError, ControlFlow
from swarm.core.user import User
from swarm.http.fast.response import CaughtFastResponse
from swarm.http.fast.session import FastHttpSession
from swarm.http.recording import checked_host
from swarm.http.transport.error import TransportError

if TYPE_CHECKING:
    from swarm.core.env import Environment


class FastHttpUser(User):
    """The API of `HttpUser` at a fraction of the processor time per request.

    Example:
        class Visitor(FastHttpUser):
            host = "http://localhost:8000"

            @task
            def index(self):
                self.client.get("/")

    Raises:
        ConfigError: If the user has no `host`, or one without a scheme.
    """

    __slots__ = ("client",)

    abstract: ClassVar[bool] = True

    client_pool: Any = None
    """A `geventhttpclient.client.HTTPClientPool` whose connections all users of the class
    share. Without one, each user has its own connections."""
    concurrency: int = 10
    """Connections of one user to one host at a time, for tasks that start greenlets."""
    connection_timeout: float | None = 60.0
    """Seconds for name, connection, proxy and TLS handshake together."""
    network_timeout: float | None = 60.0
    """Seconds to wait for data, each time."""
    max_redirects: int = 30
    """How many redirects are followed before a request fails."""
    max_retries: int = 0
    """How often a request that got no answer is sent again before it fails."""
    insecure: bool = True
    """Whether to trust any TLS certificate."""
    ssl_context_factory: Callable[[], Any] | None = None
    """Makes the TLS context of each user, for example one with a client certificate."""
    proxy_host: str | None = None
    """Host name of the HTTP proxy to go through."""
    proxy_port: int | None = None
    """Its port."""
    proxy_user: str | None = None
    """User name at the proxy, if it wants one."""
    proxy_password: str | None = None
    """Password at the proxy."""
    default_headers: Mapping[str, str | None] | None = None
    """Header fields of every request; None as a value takes away one that would be sent."""

    client: FastHttpSession
    """Keeps cookies and connections between the requests of this user."""

    def __init__(self, environment: "Environment") -> None:
        super().__init__(environment)
        self.client = FastHttpSession(
            checked_host(self.host, type(self).__name__),
            environment.events.request,
            self,
            insecure=self.insecure,
            client_pool=self.client_pool,
            ssl_context_factory=_context_factory(self),
            max_redirects=self.max_redirects,
            max_retries=self.max_retries,
            default_headers=self.default_headers,
            connection_timeout=self.connection_timeout,
            network_timeout=self.network_timeout,
            concurrency=self.concurrency,
            proxy_host=self.proxy_host,
            proxy_port=self.proxy_port,
            proxy_user=self.proxy_user,
            proxy_password=self.proxy_password,
        )

    @contextmanager
    def rest(
        self, method: str, url: str, headers: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Iterator[CaughtFastResponse]:
        """Send a JSON request and parse the JSON answer. Use it in a with-block.

        The answer is in `js`: None, and the request is marked as failed, if it is no
        JSON. Content-Type and Accept default to application/json. An exception in the
        block marks the request as failed instead of leaving the task.

        Args:
            method: The HTTP method.
            url: A path, or a full address.
            headers: Header fields, over the defaults.
            kwargs: See `FastHttpSession.request`.

        Example:
            with self.rest("POST", "/", json={"foo": 1}) as resp:
                if resp.js and resp.js["bar"] != 42:
                    resp.failure(f"'bar' had an unexpected value: {resp.js['bar']}")
        """
        fields = {"Content-Type": "application/json", "Accept": "application/json"}
        given = dict(headers or {})
        lower = {name.lower() for name in given}
        merged = {k: v for k, v in fields.items() if k.lower() not in lower} | given
        with self.client.request(
            method, url, headers=merged, **(kwargs | {"catch_response": True})
        ) as response:
            response.js = None
            if response.error is None:
                _parse(response)
            try:
                yield response
            except ControlFlow:
                raise
            except AssertionError as error:
                response.failure(error if str(error) else CatchResponseError("assertion failed"))
            except Exception as error:  # noqa: BLE001 - whatever the block raises is a failed check
                response.failure(error)

    @contextmanager
    def rest_(
        self, method: str, url: str, name: str | None = None, **kwargs: Any
    ) -> Iterator[CaughtFastResponse]:
        """Do as `rest` does, with a timestamp appended to the query that breaks through caches.

        Args:
            method: The HTTP method.
            url: A path, or a full address.
            name: What to count the request under instead of the path without timestamp.
            kwargs: See `rest`.
        """
        separator = "&" if "?" in url else "?"
        stamped = f"{url}{separator}_={int(time() * 1000)}"
        with self.rest(method, stamped, name=name or url, **kwargs) as response:
            yield response


def _parse(response: CaughtFastResponse) -> None:
    try:
        response.js = response.json()
    except TransportError as error:  # the body breaks off or cannot be decoded
        response.failure(error)
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, too deep, too large
        if response.ok:
            reason = error.msg if isinstance(error, JSONDecodeError) else error
            response.failure(
                CatchResponseError(
                    f"Could not parse response as JSON: {reason} ({response.text[:100]!r})"
                )
            )


def _context_factory(user: FastHttpUser) -> Callable[[], Any] | None:
    """Return the user's ssl_context_factory, be it a method or a function without arguments."""
    factory = user.ssl_context_factory
    function = getattr(factory, "__func__", None)
    if function is not None and not signature(function).parameters:
        plain: Callable[[], Any] = function
        return plain
    return factory
