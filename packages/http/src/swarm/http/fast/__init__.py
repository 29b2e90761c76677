"""`FastHttpUser`: the API of `HttpUser` over swarm's own transport, for high request rates."""

import swarm.core  # noqa: F401 - patches the standard library before socket and ssl are bound
from swarm.http.fast.response import FastResponse
from swarm.http.fast.session import FastHttpSession
from swarm.http.fast.user import FastHttpUser

__all__ = ["FastHttpSession", "FastHttpUser", "FastResponse"]
