"""Who the client says it is: Basic and Digest."""

import hashlib
import os
import re
from base64 import b64encode
from typing import Protocol

from swarm.http.transport.response import Head


class Auth(Protocol):
    """A way to prove who the client is."""

    def first(self, method: str, target: str) -> str | None:
        """Return the Authorization value to begin with, None to wait for a challenge."""
        ...

    def answer(self, head: Head, method: str, target: str) -> str | None:
        """Return the Authorization value after a 401; None if nothing can be done."""
        ...


class BasicAuth:
    """User and password, as they are."""

    def __init__(self, user: str | bytes, password: str | bytes) -> None:
        self._value = basic(user, password)

    def first(self, method: str, target: str) -> str | None:
        """See `Auth.first`."""
        del method, target
        return self._value

    def answer(self, head: Head, method: str, target: str) -> str | None:
        """See `Auth.answer`."""
        del head, method, target
        return None


def basic(user: str | bytes, password: str | bytes) -> str:
    """Return the Authorization value for user and password, as UTF-8 unless bytes are given."""
    pair = b":".join(p if isinstance(p, bytes) else str(p).encode() for p in (user, password))
    return f"Basic {b64encode(pair).decode()}"


class DigestAuth:
    """User and password, proven without sending the password. One object serves one user.

    The server's challenge is remembered, so that only the first request is sent twice.
    """

    _HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512": "sha512", "SHA": "sha1"}  # noqa: RUF012

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password
        self._challenge: dict[str, str] = {}
        self._count = 0

    def first(self, method: str, target: str) -> str | None:
        """See `Auth.first`."""
        return self._authorization(method, target) if self._challenge else None

    def answer(self, head: Head, method: str, target: str) -> str | None:
        """See `Auth.answer`."""
        for name, value in head.pairs:
            if name.lower() == "www-authenticate" and value[:7].lower() == "digest ":
                found = re.findall(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', value[7:])
                challenge = {key.lower(): quoted or plain for key, quoted, plain in found}
                refused = self._challenge.get("nonce") == challenge.get("nonce")
                if "nonce" not in challenge or (refused and self._count):
                    return None  # the same challenge again: the password is wrong
                self._challenge, self._count = challenge, 0
                return self._authorization(method, target)
        return None

    def _authorization(self, method: str, target: str) -> str | None:
        challenge = self._challenge
        algorithm = challenge.get("algorithm", "MD5").upper()
        session = algorithm.endswith("-SESS")
        name = self._HASHES.get(algorithm.removesuffix("-SESS"))
        qop = "auth" if "auth" in re.split(r"[\s,]+", challenge.get("qop", "")) else None
        if name is None or ("qop" in challenge and qop is None):
            return None

        def digest(*parts: str) -> str:
            return hashlib.new(name, ":".join(parts).encode(), usedforsecurity=False).hexdigest()

        self._count += 1
        count, nonce, realm = f"{self._count:08x}", challenge["nonce"], challenge.get("realm", "")
        client_nonce = os.urandom(8).hex()
        secret = digest(self.user, realm, self.password)
        if session:
            secret = digest(secret, nonce, client_nonce)
        request = digest(method, target)
        middle = (nonce, count, client_nonce, qop) if qop else (nonce,)
        fields = [
            f'username="{self.user}"',
            f'realm="{realm}"',
            f'nonce="{nonce}"',
            f'uri="{target}"',
            f'response="{digest(secret, *middle, request)}"',
            f"algorithm={challenge.get('algorithm', 'MD5')}",
        ]
        if "opaque" in challenge:
            fields.append(f'opaque="{challenge["opaque"]}"')
        if qop or session:
            fields += [f"qop={qop or 'auth'}", f"nc={count}", f'cnonce="{client_nonce}"']
        return "Digest " + ", ".join(fields)


def as_auth(auth: Auth | tuple[str, str] | list[str]) -> Auth:
    """Return what the `auth=` of a request means: a pair is Basic."""
    return BasicAuth(*auth) if isinstance(auth, tuple | list) else auth
