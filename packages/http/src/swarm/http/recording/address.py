"""Which address a request goes to and under which name it is counted."""

import re
from urllib.parse import urlsplit, urlunsplit

from swarm.core.exception import ConfigError

_WITH_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://").match
_HTTP = re.compile(r"https?://", re.IGNORECASE).match


def is_absolute(url: str) -> bool:
    """Tell whether `url` names its own host, so that the base host is left aside."""
    return _WITH_SCHEME(url) is not None


def join_url(base_url: str | None, url: str) -> str:
    """Return the address that `url` stands for.

    Args:
        base_url: The base host, with or without a path ("https://example.com/api").
        url: A path, which is appended to the base host, or a full address.
    """
    if not base_url or is_absolute(url):
        return url
    if url.startswith("/"):
        return base_url.rstrip("/") + url
    if not url or url.startswith("?"):
        return base_url + url
    return base_url.rstrip("/") + "/" + url


def row_name(base_url: str | None, url: str) -> str:
    """Return the name that a request is counted under when it is given no other.

    That is the path (with its query) as the test file wrote it. An address below
    the base host counts as its path, so that both spellings share one row; any
    other address is kept whole, without its credentials. `params=` are no part
    of the name: they are what differs between requests of one kind.
    """
    url = url.partition("#")[0]
    if url[:1] == "/":
        return url
    if is_absolute(url):
        base = (base_url or "").rstrip("/")
        rest = url[len(base) :]
        if not base or url[: len(base)] != base or (rest and rest[0] not in "/?"):
            return _without_credentials(url)
        url = rest
    return url if url.startswith("/") else "/" + url


def _without_credentials(url: str) -> str:
    if "@" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def checked_host(host: str | None, owner: str) -> str:
    """Return `host` if it can serve as a base host.

    Args:
        host: What the user class, the command line or the configuration gave.
        owner: The name of the user class, for the message.

    Raises:
        ConfigError: If there is no host, or it lacks its scheme.
    """
    if not host:
        raise ConfigError(
            f"{owner} has no host to send requests to.",
            hint='Set host = "http://localhost:8000" in the class, or give --host on the '
            "command line.",
        )
    if not _HTTP(host):
        raise ConfigError(
            f"The host {host!r} of {owner} does not start with http:// or https://.",
            hint=f"Write it as http://{host} or https://{host}.",
        )
    return host
