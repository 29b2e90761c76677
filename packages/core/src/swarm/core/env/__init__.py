"""The state of one run. It imports no runner and no web server."""

from swarm.core.env.environment import Environment

__all__ = ["Environment"]
