"""TLS: contexts, and a connection that speaks it."""

import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import gevent.socket
import gevent.ssl

from swarm.http.transport.connection import RECEIVE_SIZE
from swarm.http.transport.error import ReadTimeoutError, TLSError

SSLContextFactory = Callable[[], ssl.SSLContext]
ClientCertificate = str | tuple[str, str]
"""A PEM file with certificate and key, or one file for each."""


@lru_cache(maxsize=64)
def tls_context(
    verify: bool | str = True,  # noqa: FBT001, FBT002 - the form requests made known
    certificate: ClientCertificate | None = None,
) -> ssl.SSLContext:
    """Return the context for these wishes, the same one each time: making one takes milliseconds.

    Args:
        verify: Whether the server's certificate is checked; a path names the
            authorities (a PEM file or a directory) to trust instead of the usual ones.
        certificate: What the client shows, where the server asks for it.

    Raises:
        TLSError: If a file is missing or broken.
    """
    try:
        context = _trusting(verify)
        if certificate is not None:
            files = (certificate,) if isinstance(certificate, str) else certificate
            context.load_cert_chain(*files)
    except (OSError, ssl.SSLError) as error:
        raise TLSError(f"A certificate file cannot be used: {error}") from error
    return context


def _trusting(verify: bool | str) -> ssl.SSLContext:  # noqa: FBT001 - see tls_context
    if isinstance(verify, str):
        return _from_authorities(verify)
    context = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify:
        context.load_default_certs()
        if not context.cert_store_stats()["x509_ca"]:
            import certifi  # noqa: PLC0415 - only where the system has no authorities

            context.load_verify_locations(certifi.where())
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _from_authorities(path: str) -> ssl.SSLContext:
    from pathlib import Path  # noqa: PLC0415 - rarely needed

    context = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if Path(path).is_dir():
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context


class TLSConnection:
    """A connection with TLS, over gevent's own TLS socket.

    Args:
        sock: The TLS socket, its handshake done.
    """

    __slots__ = ("_sock", "fresh", "used_at")

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.fresh = True
        self.used_at = 0.0

    def send(
        self,
        data: bytes | bytearray | memoryview,
        timeout: float | None,
        *,
        until_answer: bool = False,
    ) -> int:
        """See `Connection.send`."""
        del until_answer
        self._sock.settimeout(timeout)
        try:
            self._sock.sendall(data)
        except TimeoutError as error:
            raise ReadTimeoutError(
                "The server took no more of the request within the network timeout."
            ) from error
        return len(data)

    def receive(self, timeout: float | None, now: float) -> bytes:
        """See `Connection.receive`."""
        self.used_at = now
        if timeout != self._sock.gettimeout():
            self._sock.settimeout(timeout)
        try:
            data: bytes = self._sock.recv(RECEIVE_SIZE)
        except TimeoutError as error:
            raise ReadTimeoutError("The server sent nothing within the network timeout.") from error
        except ssl.SSLEOFError:  # closed without the farewell that TLS wants; many do
            return b""
        return data

    def is_stale(self) -> bool:
        """See `Connection.is_stale`."""
        self._sock.settimeout(0.0)
        try:
            self._sock.recv(1)
        except ssl.SSLWantReadError:  # a session ticket at most, which has been taken in
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """See `Connection.close`."""
        self._sock.close()

    def __del__(self) -> None:
        self.close()


def start_tls(
    descriptor: int, family: int, context: ssl.SSLContext, server_name: str
) -> TLSConnection:
    """Do the handshake over a connected socket.

    Args:
        descriptor: The socket's file descriptor, which is taken over.
        family: The socket's address family.
        context: What to trust and to show.
        server_name: The host to ask for and to find in the certificate.

    Raises:
        TLSError: If the handshake fails or the certificate is not trusted.
    """
    sock = gevent.socket.socket(family, gevent.socket.SOCK_STREAM, 0, fileno=descriptor)
    try:
        # The handshake apart: if it ended with an exception inside of this call, the
        # socket that it has made from ours would be left open.
        sock = context.wrap_socket(sock, server_hostname=server_name, do_handshake_on_connect=False)
        sock.settimeout(None)  # the caller's connection timeout covers the handshake
        sock.do_handshake()
    except BaseException as error:
        sock.close()
        if isinstance(error, OSError | ValueError):
            raise _explained(error, server_name) from error
        raise
    return TLSConnection(sock)


def _explained(error: Exception, server_name: str) -> TLSError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return TLSError(f"The certificate of {server_name} is not trusted: {error.verify_message}")
    reason = getattr(error, "reason", None) or error
    return TLSError(f"The TLS handshake with {server_name} failed: {reason}")
