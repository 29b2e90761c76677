"""Who may take part: CURVE keys that are derived from one shared secret."""

import hashlib
import secrets
from dataclasses import dataclass, field

import zmq
from zmq.utils import z85

from swarm.core.exception import ConfigError

SHORTEST_SECRET = 8
"""Characters that a secret must have at least."""

_KEY_BYTES = 32
# Names the purpose, so that the same secret used elsewhere gives other keys. The cost
# (about 50 ms) is paid once a process and makes guessing short secrets dear.
_SALT = b"swarm.rpc curve keys, version 1"
_COST = 2**14


@dataclass(frozen=True, slots=True)
class Security:
    """How coordinator and workers recognise one another.

    Both derive the same two key pairs from the shared secret with scrypt: one for the
    coordinator, one for its workers. Either side refuses whoever has other keys, and
    all that passes between them is encrypted.

    Args:
        secret: The shared secret; empty without security.
        server_keys: The coordinator's key pair (public, secret) in Z85; None without.
        client_keys: The workers' key pair.
    """

    secret: str = field(default="", repr=False)
    server_keys: tuple[bytes, bytes] | None = field(default=None, repr=False)
    client_keys: tuple[bytes, bytes] | None = field(default=None, repr=False)

    @classmethod
    def from_secret(cls, text: str) -> "Security":
        """Return the security that this shared secret gives.

        Raises:
            ConfigError: If it is too short to keep anybody out.
        """
        secret = text.strip()
        if len(secret) < SHORTEST_SECRET:
            raise ConfigError(
                f"The shared secret has fewer than {SHORTEST_SECRET} characters.",
                hint="Take a long random one, the same on all nodes.",
            )
        seed = hashlib.scrypt(secret.encode(), salt=_SALT, n=_COST, r=8, p=1, dklen=2 * _KEY_BYTES)
        return cls(secret, _key_pair(seed[:_KEY_BYTES]), _key_pair(seed[_KEY_BYTES:]))

    @classmethod
    def generate(cls) -> "Security":
        """Return a security with a new random secret, to be handed to the workers."""
        return cls.from_secret(secrets.token_urlsafe(24))

    @classmethod
    def insecure(cls) -> "Security":
        """Return no security: plain text, everybody is let in, foreign nodes too."""
        return cls()

    @property
    def is_secure(self) -> bool:
        """Whether nodes are authenticated and messages encrypted."""
        return self.server_keys is not None


def _key_pair(seed: bytes) -> tuple[bytes, bytes]:
    secret = z85.encode(seed)
    return zmq.curve_public(secret), secret
