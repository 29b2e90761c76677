"""The coordinator's end of the connections."""

import logging
import math

import zmq
from zmq.utils import z85

from swarm.core.exception import RunnerError
from swarm.core.rpc.codec import decode, encode
from swarm.core.rpc.link import Link
from swarm.core.rpc.message import Message
from swarm.core.rpc.security import Security

logger = logging.getLogger("swarm.rpc")

_ZAP = "inproc://zeromq.zap.01"
_REFUSED = (
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)


class Server(Link):
    """Listens for workers, lets in who has the secret, and takes and sends messages.

    What is no message is dropped, counted in `dropped`, and now and then logged.

    Args:
        host: The address to listen at; "*" for all of this machine.
        port: The port; 0 for any free one.
        security: Who is let in.

    Raises:
        RunnerError: If the address cannot be listened at.
    """

    def __init__(self, host: str, port: int, security: Security) -> None:
        super().__init__(zmq.ROUTER, security)
        self.dropped = 0
        """How much has come that was no message, or none that anybody takes."""
        self.refused = 0
        """How often somebody was refused."""
        self._socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self._socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
        if ":" in host:
            self._socket.setsockopt(zmq.IPV6, 1)
            host = f"[{host}]"
        if security.server_keys is not None:
            self._admit_known(security.server_keys[1])
        self._watch(_REFUSED, self._on_refused)
        try:
            self._socket.bind(f"tcp://{host}:{port or '*'}")
        except zmq.ZMQError as error:
            self.close()
            raise RunnerError(
                f"Cannot listen for workers at {host}:{port}: {error}.",
                hint="Choose another --master-bind-port or --master-bind-host.",
            ) from error
        endpoint: bytes = self._socket.getsockopt(zmq.LAST_ENDPOINT)
        self.port = int(endpoint.rstrip(b"\0").rpartition(b":")[2])
        """The port it listens at."""

    def recv(self) -> Message:
        """Wait for the next message and return it, with the id of the node that sent it."""
        while True:
            frames = self._socket.recv_multipart()
            try:
                # Who it is from says the connection, not the message.
                node_id, payload = frames
                message = decode(payload)
                return Message(message.type, message.data, node_id.decode())
            except ValueError as error:  # another number of frames, no message, no text
                self.drop(f"it is malformed: {error}")

    def send(self, kind: str, data: object, node_id: str) -> bool:
        """Send a message to a node; return whether it is on its way.

        Raises:
            UnsendableMessageError: If the data cannot travel.
        """
        if self.closed:
            return False
        payload = encode(Message(kind, data, node_id))
        try:
            self._socket.send_multipart([node_id.encode(), payload], zmq.NOBLOCK)
        except zmq.ZMQError:  # not connected, or too slow to take more
            return False
        return True

    def drop(self, why: str) -> None:
        """Count a message that is of no use, and log the first and every power of ten."""
        self.dropped += 1
        if math.log10(self.dropped).is_integer():
            logger.warning("A message was dropped (%d so far): %s", self.dropped, why)

    def _admit_known(self, secret_key: bytes) -> None:
        zap = self._context.socket(zmq.REP)
        zap.linger = 0
        zap.bind(_ZAP)

        def answer(frames: list[bytes]) -> None:
            zap.send_multipart(self._verdict(frames))

        self._serve(zap, answer)
        self._socket.setsockopt(zmq.CURVE_SECRETKEY, secret_key)
        self._socket.setsockopt(zmq.CURVE_SERVER, 1)
        self._socket.setsockopt(zmq.ZAP_DOMAIN, b"swarm")

    def _verdict(self, frames: list[bytes]) -> list[bytes]:
        """Answer the question of ZeroMQ's authentication protocol (RFC 27)."""
        version, request_id, _domain, _address, _identity, mechanism, *credentials = frames
        keys = self.security.client_keys
        known = keys is not None and mechanism == b"CURVE" and credentials == [z85.decode(keys[0])]
        status, text = (b"200", b"OK") if known else (b"400", b"unknown key")
        return [version, request_id, status, text, b"", b""]

    def _on_refused(self, _event: int) -> None:
        self.refused += 1
        if math.log10(self.refused).is_integer():
            logger.warning(
                "A connection was refused (%d so far): %s",
                self.refused,
                "its secret is wrong or missing, or it is no worker"
                if self.security.is_secure
                else "it uses a secret and this coordinator does not, or it is no worker",
            )
