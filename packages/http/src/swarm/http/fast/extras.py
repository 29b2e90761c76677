"""What a request asks for beside method and URL."""

from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any

from swarm.http.fast.auth import Auth, as_auth
from swarm.http.fast.cookie import cookie_header
from swarm.http.fast.redirect import CONTENT, PERSONAL, Redirect
from swarm.http.transport.body import JSON, Body, encode_body
from swarm.http.transport.error import InvalidRequestError
from swarm.http.transport.request import Headers

_FRAMING = frozenset(("content-length", "transfer-encoding", "expect"))

WITH_BODY = frozenset(("POST", "PUT", "PATCH"))
"""Methods whose requests say that their body is empty."""


class Extras:
    """Header fields, body, credentials and cookies of one request.

    Args:
        fields: The header fields of the session.
        headers: Fields of this request, over those of the session; None takes one away.
        data, json, files: See `encode_body`.
        auth: A pair of user and password, or another way to log in.
        cookies: Cookies of this request only.

    Raises:
        InvalidRequestError: If they make no request.
    """

    __slots__ = ("auth", "content", "cookies", "fields")

    def __init__(
        self,
        fields: Headers,
        headers: Mapping[str, Any] | None = None,
        data: Any = None,
        json: Any = None,
        files: Any = None,
        auth: Auth | tuple[str, str] | None = None,
        cookies: Mapping[str, Any] | CookieJar | None = None,
    ) -> None:
        self.auth = None if auth is None else as_auth(auth)
        self.cookies = cookie_header(cookies) if cookies else ""
        content, content_type = encode_body(data, json, files)
        self.content: bytes | Body | None = content
        if headers:
            changes = dict(headers)
            if content_type is not None:
                changes = _with_defaults(changes, fields, content_type)
            fields = fields.variant(changes)
        elif content_type is not None:
            fields = fields.variant(_with_defaults({}, fields, content_type))
        self.fields = fields
        if not _FRAMING.isdisjoint(fields.names):
            self._settle_framing(content)

    def _settle_framing(self, content: bytes | Body | None) -> None:
        """Make sure that the header fields say how the body is sent, and only once."""
        fields = self.fields
        if content is None:
            pass
        elif "chunked" in str(fields.get("transfer-encoding", "")).lower():
            self.content = content if isinstance(content, Body) else Body([content], None)
            self.content.length = None
        elif str(fields.get("expect", "")).lower() == "100-continue":
            self.content = content if isinstance(content, Body) else Body(content, len(content))
            self.content.expect_continue = True
        if "content-length" in fields or "transfer-encoding" in fields:
            self.fields = fields.merged({"Content-Length": None, "Transfer-Encoding": None})

    def framing(self, method: str) -> str:
        """Return the header line that says where the body ends."""
        content = self.content
        if content is None:
            return "Content-Length: 0\r\n" if method in WITH_BODY else ""
        length = content.length if isinstance(content, Body) else len(content)
        if length is None:
            return "Transfer-Encoding: chunked\r\n"
        return f"Content-Length: {length}\r\n"

    def follow(self, redirect: Redirect) -> None:
        """Leave behind what must not go along with a redirect.

        Raises:
            InvalidRequestError: If the body must be sent again and cannot be.
        """
        removals: dict[str, None] = {}
        if not redirect.keeps_body:
            self.content = None
            removals |= CONTENT
        elif isinstance(self.content, Body) and not self.content.repeatable:
            raise InvalidRequestError("The server redirected a body that can be sent only once.")
        if not redirect.same_origin:
            self.auth = None
            self.cookies = ""
            removals |= PERSONAL
        if removals:
            self.fields = self.fields.merged(removals)


def _with_defaults(changes: dict[str, Any], fields: Headers, content_type: str) -> dict[str, Any]:
    """Return the changes with what the body asks for, where the test file does not say."""
    given = {str(name).lower() for name in changes}
    if "content-type" not in given and "content-type" not in fields:
        changes["Content-Type"] = content_type
    if content_type == JSON and "accept" not in given:
        changes["Accept"] = JSON
    return changes
