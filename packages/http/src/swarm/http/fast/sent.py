"""A request as it is sent."""

from swarm.http.transport.body import Body
from swarm.http.transport.pool import OriginPool
from swarm.http.transport.request import Headers


class SentRequest:
    """A request, ready to be sent; as `response.request`, what was sent.

    Args:
        method: In capitals.
        pool: The connections to where it goes.
        target: Path and query.
        head: Request line and header fields as they go over the wire, as latin-1 text.
        content: The body.
    """

    __slots__ = ("content", "head", "method", "pool", "target")

    def __init__(
        self,
        method: str,
        pool: OriginPool,
        target: str,
        head: str,
        content: bytes | Body | None,
    ) -> None:
        self.method = method
        self.pool = pool
        self.target = target
        self.head = head
        self.content = content

    @property
    def url(self) -> str:
        """The full address, without credentials."""
        return self.pool.wire.base + self.target

    @property
    def headers(self) -> Headers:
        """The header fields that were sent. Changing them changes nothing."""
        fields = Headers()
        for line in self.head.split("\r\n")[1:-2]:
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    @property
    def body(self) -> bytes | None:
        """The body, if there was one and it was not streamed."""
        content = self.content
        return content.whole if isinstance(content, Body) else content

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.url}>"


class UnsentRequest(SentRequest):
    """A request that could not be sent because it is invalid.

    Args:
        method: As it was given.
        url: As it was given.
    """

    __slots__ = ("_url",)

    def __init__(self, method: str, url: str) -> None:
        self.method = method
        self.head = ""
        self.content = None
        self._url = url

    @property
    def url(self) -> str:
        """The URL as it was given."""
        return self._url
