"""Which distribution to install for an import or a plugin that is not there."""

from collections.abc import Mapping
from importlib.util import find_spec

DISTRIBUTIONS: Mapping[str, str] = {
    "swarm.ai": "swarm-ai",
    "swarm.db": "swarm-db",
    "swarm.dns": "swarm-dns",
    "swarm.grpc": "swarm-grpc",
    "swarm.http": "swarm-http",
    "swarm.mqtt": "swarm-mqtt",
    "swarm.socketio": "swarm-socketio",
    "locust": "swarm-locust",
}
"""First-party packages and the distributions that carry them."""

_PLUGINS: Mapping[str, str] = {
    "ai": "swarm-ai",
    "db": "swarm-db",
    "dns": "swarm-dns",
    "fasthttp": "swarm-http",
    "grpc": "swarm-grpc",
    "http": "swarm-http",
    "locust": "swarm-locust",
    "milvus": "'swarm-db[milvus]'",
    "mongodb": "'swarm-db[mongodb]'",
    "mqtt": "swarm-mqtt",
    "openai": "swarm-ai",
    "postgres": "'swarm-db[postgres]'",
    "qdrant": "'swarm-db[qdrant]'",
    "socketio": "swarm-socketio",
}


def hint_for_import(error: ImportError) -> str:
    """Return the `pip install` line that mends `error`, or "" if none is known.

    Only a first-party package that is not installed gets one. One that is there but
    misses a library of its own does not: installing it again would not help.
    """
    package = ".".join((error.name or "").split(".")[:2])
    if not package.startswith("swarm."):
        package = package.partition(".")[0]
    distribution = DISTRIBUTIONS.get(package)
    if distribution is None or _is_installed(package):
        return ""
    return f"pip install {distribution}"


def hint_for_plugin(name: str) -> str:
    """Return what to do about the plugin `name` that no installed distribution offers."""
    known = _PLUGINS.get(name.lower())
    if known:
        return f"pip install {known}"
    # Nobody has vouched for such a distribution, so it is named as a custom, not as a fact.
    return f"pip install the distribution that offers it (by custom: pip install swarm-{name})"


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return False
