"""A worker's end of the connection."""

import logging
import socket
import time
import uuid
from typing import Any

import gevent
import zmq
from gevent.event import AsyncResult

from swarm.core.exception import RunnerError
from swarm.core.rpc.codec import MalformedMessageError, decode, encode
from swarm.core.rpc.link import Link
from swarm.core.rpc.message import Message
from swarm.core.rpc.security import Security

logger = logging.getLogger("swarm.rpc")

# After these two, ZeroMQ itself gives up.
_FINAL = frozenset({zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL})
_HANDSHAKES = (
    zmq.EVENT_CONNECTED
    | zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
)
_ATTEMPTS = 4
"""A coordinator that is just being ended breaks off a handshake too, but not so often."""

_RECONNECT_MS, _LONGEST_RECONNECT_MS = 100, 2000
_ASK_AGAIN = 1.0


class RefusedError(RunnerError):
    """The coordinator does not let this worker in."""


class Client(Link):
    """Connects to a coordinator, again and again if need be, and takes and sends messages.

    Args:
        host: Where the coordinator is.
        port: Its port.
        node_id: The id of this node, of its own in the whole run.
        security: The same as the coordinator's.
    """

    def __init__(self, host: str, port: int, node_id: str, security: Security) -> None:
        super().__init__(zmq.DEALER, security)
        self.node_id = node_id
        self.address = f"{host}:{port}"
        """Where the coordinator is, for people."""
        self.dropped = 0
        """How much has come that was no message."""
        self.refused: AsyncResult[None] = AsyncResult()
        """Raises `RefusedError` from `get()` once it is certain that we are not let in."""
        self._attempts = 0
        self._socket.setsockopt(zmq.IDENTITY, node_id.encode())
        self._socket.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MS)
        self._socket.setsockopt(zmq.RECONNECT_IVL_MAX, _LONGEST_RECONNECT_MS)
        self._socket.setsockopt(zmq.IPV6, 1)
        if security.server_keys is not None and security.client_keys is not None:
            self._socket.setsockopt(zmq.CURVE_SERVERKEY, security.server_keys[0])
            self._socket.setsockopt(zmq.CURVE_PUBLICKEY, security.client_keys[0])
            self._socket.setsockopt(zmq.CURVE_SECRETKEY, security.client_keys[1])
        self._watch(_HANDSHAKES, self._on_handshake)
        try:
            self._socket.connect(
                f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"
            )
        except zmq.ZMQError as error:
            self.close()
            raise RunnerError(
                f"{host}:{port} is no address of a coordinator: {error}.",
                hint="Check --master-host and --master-port.",
            ) from error

    def recv(self) -> Message:
        """Wait for the next message and return it. What is none is dropped and counted."""
        while True:
            frames = self._socket.recv_multipart()
            try:
                return decode(frames[-1])
            except MalformedMessageError as error:
                self.dropped += 1
                logger.warning("A message of the coordinator was dropped: %s", error)

    def send(self, kind: str, data: Any = None) -> bool:
        """Send a message; return whether it is on its way.

        Raises:
            UnsendableMessageError: If the data cannot travel.
        """
        if self.closed:
            return False
        payload = encode(Message(kind, data, self.node_id))
        try:
            self._socket.send(payload, zmq.NOBLOCK)
        except zmq.ZMQError:  # there are too many already that wait for a connection
            return False
        return True

    def _on_handshake(self, event: int) -> None:
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self._attempts = 0
        elif event == zmq.EVENT_CONNECTED:
            # Not every way of being refused is an event; a connection without success is.
            self._attempts += 1
        certain = event in _FINAL or self._attempts >= _ATTEMPTS
        if certain and not self.refused.ready():
            self.refused.set_exception(self._refusal())

    def _refusal(self) -> RefusedError:
        ours = "another secret" if self.security.is_secure else "a secret, and this worker none"
        return RefusedError(
            f"The coordinator at {self.address} does not let this worker in: it uses {ours}, "
            "or is no coordinator.",
            hint="Give the coordinator's secret with SWARM_SECRET or --secret-file, or "
            "--insecure on both sides.",
        )


def new_node_id() -> str:
    """Return an id for a node that no other one has."""
    return f"{socket.gethostname()}_{uuid.uuid4().hex}"


def fetch_test_files(
    host: str, port: int, security: Security, timeout: float = 60.0, version: str = ""
) -> list[Any]:
    """Ask a coordinator for its test files.

    Args:
        host: Where the coordinator is.
        port: Its port.
        security: The same as the coordinator's.
        timeout: Seconds that it has to answer.
        version: Our version, which the coordinator compares with its own.

    Returns:
        URLs, and dicts of "filename" and "contents".

    Raises:
        RunnerError: If it does not answer, does not let us in, or has none.
    """
    client = Client(host, port, new_node_id(), security)
    answer = gevent.spawn(_answer, client)
    try:
        deadline = time.monotonic() + timeout
        while not answer.ready():
            client.send("locustfile", {"version": version})
            waited: list[Any] = [answer, client.refused]
            gevent.wait(waited, timeout=_ASK_AGAIN, count=1)
            if client.refused.ready():
                client.refused.get()
            if time.monotonic() > deadline:
                raise RunnerError(
                    f"The coordinator at {client.address} did not send its test files within "
                    f"{timeout:g} s.",
                    hint="Is it running, at this host and port?",
                )
        return _checked(answer.get(), client.address)
    finally:
        answer.kill()
        client.close()


def _answer(client: Client) -> Any:
    while (message := client.recv()).type != "locustfile":
        pass
    return message.data


def _checked(data: Any, address: str) -> list[Any]:
    error = data.get("error") if isinstance(data, dict) else "the answer is malformed"
    if error:
        raise RunnerError(
            f"The coordinator at {address} sent no test files: {error}.",
            hint="Start the coordinator with -f.",
        )
    files = data.get("locustfiles")
    if not isinstance(files, list) or not all(map(_is_file, files)):
        raise RunnerError(f"The coordinator at {address} sent test files that are malformed.")
    return files


def _is_file(file: Any) -> bool:
    if isinstance(file, str):
        return True
    return isinstance(file, dict) and all(
        isinstance(file.get(key), str) for key in ("filename", "contents")
    )
