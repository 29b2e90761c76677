"""How nodes talk: messages, their form as bytes, authenticated sockets.

    security = Security.from_secret("...")     # the same secret on all nodes
    server = Server("127.0.0.1", 5557, security)
    client = Client("127.0.0.1", 5557, node_id, security)

`fetch_test_files(host, port, security)` asks a coordinator for its test files before
a worker has an environment.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swarm.core.rpc.client import Client, RefusedError, fetch_test_files, new_node_id
    from swarm.core.rpc.codec import MalformedMessageError, UnsendableMessageError, decode, encode
    from swarm.core.rpc.message import Message
    from swarm.core.rpc.security import Security
    from swarm.core.rpc.server import Server

__all__ = [
    "Client",
    "MalformedMessageError",
    "Message",
    "RefusedError",
    "Security",
    "Server",
    "UnsendableMessageError",
    "decode",
    "encode",
    "fetch_test_files",
    "new_node_id",
]

# Exported lazily: a test that runs in one process loads neither ZeroMQ nor msgpack.
_HOMES = {
    "Client": "client",
    "MalformedMessageError": "codec",
    "Message": "message",
    "RefusedError": "client",
    "Security": "security",
    "Server": "server",
    "UnsendableMessageError": "codec",
    "decode": "codec",
    "encode": "codec",
    "fetch_test_files": "client",
    "new_node_id": "client",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
