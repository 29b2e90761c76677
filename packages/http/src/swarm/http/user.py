"""`HttpUser`: a user with a `requests.Session`."""

from typing import TYPE_CHECKING, ClassVar

from swarm.core.user import User
from swarm.http.recording import checked_host
from swarm.http.session import HttpSession

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from swarm.core.env import Environment


class HttpUser(User):
    """A user that sends HTTP requests through `client`, an `HttpSession`.

    Example:
        class Visitor(HttpUser):
            host = "http://localhost:8000"
            wait_time = between(1, 5)

            @task
            def index(self):
                self.client.get("/")

    Raises:
        ConfigError: If the user has no `host`, or one without a scheme.
    """

    __slots__ = ("client",)

    abstract: ClassVar[bool] = True

    pool_manager: "PoolManager | None" = None
    """Connections that all users of the class share, instead of each having its own."""

    client: HttpSession
    """Keeps cookies and connections between the requests of this user."""

    def __init__(self, environment: "Environment") -> None:
        super().__init__(environment)
        self.client = HttpSession(
            checked_host(self.host, type(self).__name__),
            environment.events.request,
            self,
            pool_manager=self.pool_manager,
        )
