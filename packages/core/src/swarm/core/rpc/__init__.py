"""How nodes talk: messages, their form as bytes, authenticated sockets.

    security = Security.from_secret("...")     # the same secret on all nodes
    server = Server("127.0.0.1", 5557, security)
    client = Client("127.0.0.1", 5557, node_id, security)

`fetch_test_files(host, port, security)` asks a coordinator for its test files before
a worker has an environment.
"""

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
