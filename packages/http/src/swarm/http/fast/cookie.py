"""Cookies: taken from answers, kept in a jar, and put into requests, as RFC 6265 says."""

import time
from collections.abc import Iterable, Mapping
from email.utils import mktime_tz, parsedate_tz
from http.cookiejar import Cookie, CookieJar
from ipaddress import ip_address
from typing import Any

from swarm.http.transport.address import Origin


class SessionCookies(CookieJar):
    """A cookie jar that finds the cookies of a request without the standard jar's detours.

    It is an ordinary `CookieJar` to look at and to change. A cookie whose domain is ""
    is sent everywhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self._headers: dict[tuple[str, bool], str] = {}
        """Values of Cookie by host and security, where neither path nor time matters."""

    def set_cookie(self, cookie: Cookie) -> None:
        """Keep a cookie, in place of one with its name, domain and path."""
        self._headers = {}
        super().set_cookie(cookie)

    def clear(
        self, domain: str | None = None, path: str | None = None, name: str | None = None
    ) -> None:
        """Forget cookies: all of them, or those of a domain, a path, a name."""
        self._headers = {}
        super().clear(domain, path, name)

    def take(self, values: Iterable[str], origin: Origin, target: str) -> None:
        """Keep or remove what the Set-Cookie values of an answer say.

        Args:
            values: The values of the header fields.
            origin: Where the answer came from.
            target: Path and query of its request.
        """
        for value in values:
            cookie = parse_set_cookie(value, origin.host, _path_of(target), time.time())
            if cookie is None:
                continue
            if cookie.is_expired():
                if cookie.name in self._cookies.get(cookie.domain, {}).get(cookie.path, {}):  # type: ignore[attr-defined]
                    self.clear(cookie.domain, cookie.path, cookie.name)
            else:
                self.set_cookie(cookie)

    def header_for(self, origin: Origin, target: str) -> str:
        """Return the value of Cookie for a request, "" if there is nothing to send."""
        key = (origin.host, origin.secure)
        known = self._headers.get(key)
        if known is not None:
            return known
        candidates = [c for c in self if _is_for(c, origin.host, secure=origin.secure)]
        if all(c.path == "/" and c.expires is None for c in candidates):
            header = self._headers[key] = _as_header(candidates)
            return header
        now, path = time.time(), _path_of(target)
        alive = [c for c in candidates if not c.is_expired(now) and _covers(c.path, path)]  # type: ignore[arg-type]
        alive.sort(key=lambda c: -len(c.path))
        return _as_header(alive)


def cookie_header(cookies: Mapping[str, Any] | CookieJar) -> str:
    """Return the value of Cookie for the `cookies=` of one request."""
    if isinstance(cookies, CookieJar):
        return _as_header(cookies)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _as_header(cookies: Iterable[Cookie]) -> str:
    return "; ".join(c.name if c.value is None else f"{c.name}={c.value}" for c in cookies)


def _path_of(target: str) -> str:
    return target.partition("?")[0]


def _is_for(cookie: Cookie, host: str, *, secure: bool) -> bool:
    if cookie.secure and not secure and host not in {"localhost", "127.0.0.1", "::1"}:
        return False
    domain = cookie.domain.lower()
    if not domain or domain == host:
        return True
    if not (cookie.domain_specified or domain.startswith(".")):
        return False
    bare = domain.lstrip(".")
    return host == bare or (host.endswith("." + bare) and not _is_address(host))


def _covers(cookie_path: str, path: str) -> bool:
    if not path.startswith(cookie_path):
        return False
    return (
        cookie_path.endswith("/") or len(path) == len(cookie_path) or path[len(cookie_path)] == "/"
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def parse_set_cookie(value: str, host: str, path: str, now: float) -> Cookie | None:
    """Return the cookie that a Set-Cookie value asks to keep, None if it must be ignored.

    Args:
        value: The value of the header field.
        host: The host that sent it.
        path: The path of the request that it answers.
        now: Seconds since the epoch.
    """
    pair, *attributes = value.split(";")
    name, equals, content = pair.partition("=")
    name = name.strip()
    if not equals or not name:
        return None
    given = {
        key.strip().lower(): text.strip()
        for key, _, text in (attribute.partition("=") for attribute in attributes)
    }
    domain = given.get("domain", "").lower().lstrip(".")
    if domain and not (host == domain or (host.endswith("." + domain) and not _is_address(host))):
        return None  # a server may speak for its own domain only
    cookie_path = given.get("path", "")
    if not cookie_path.startswith("/"):
        cookie_path = path.rpartition("/")[0] or "/"
    expires = _expiry(given, now)
    shared = bool(domain) and not _is_address(host)
    return Cookie(
        version=0,
        name=name,
        value=content.strip(),
        port=None,
        port_specified=False,
        domain="." + domain if shared else host,
        domain_specified=shared,
        domain_initial_dot=shared,
        path=cookie_path,
        path_specified="path" in given,
        secure="secure" in given,
        expires=expires,
        discard=expires is None,
        comment=None,
        comment_url=None,
        rest={"HttpOnly": ""} if "httponly" in given else {},
    )


def _expiry(given: Mapping[str, str], now: float) -> int | None:
    """Return when a cookie ends, in seconds since the epoch; None at the end of the session."""
    age = given.get("max-age", "")
    if age.lstrip("-").isdigit():  # wins over Expires
        return int(now) + int(age) if int(age) > 0 else 0
    parsed = parsedate_tz(given.get("expires", "").replace("-", " "))
    if parsed is None:
        return None
    try:
        return int(mktime_tz(parsed))
    except (OverflowError, ValueError):
        return None
