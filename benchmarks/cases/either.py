"""The names both tools share, so that one file is the load of either.

Which tool runs it is decided by what is installed in the interpreter.
"""

try:
    from swarm.core import User, events, task
    from swarm.core.env import Environment
    from swarm.http import FastHttpUser, HttpUser

    TOOL = "swarm"
except ImportError:  # the peer's own environment has no swarm
    from locust import FastHttpUser, HttpUser, User, events, task  # type: ignore[no-redef]
    from locust.env import Environment  # type: ignore[no-redef]

    TOOL = "peer"

__all__ = ["TOOL", "Environment", "FastHttpUser", "HttpUser", "User", "events", "task"]
