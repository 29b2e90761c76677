"""The short way: requests that need none of requests' machinery to be prepared.

requests spends more time on preparing a request than the network stack on sending
it. Most requests of a load test are alike, so their parts are kept and only what
differs is made anew. What comes out is the same to the byte; whatever is out of the
ordinary takes requests' own way.
"""

import http.client
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.auth import _basic_auth_str
from requests.compat import json as complexjson
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from swarm.http.recording import join_url
from swarm.http.recording.address import is_absolute
from swarm.http.session.jar import cookie_header
from swarm.http.session.lean import LeanRequest
from swarm.http.session.wire import (
    PLAIN_METHOD,
    Place,
    base_of,
    header_block,
    place_below,
    place_of,
    request_bytes,
)

if TYPE_CHECKING:
    from swarm.http.session.session import HttpSession

# Other packages replace these to watch or to fake requests. They must get their way.
_SEND = requests.Session.send
_GET_ADAPTER = requests.Session.get_adapter
_ADAPTER_SEND = HTTPAdapter.send

_WITHOUT_LENGTH = frozenset(("GET", "HEAD"))
_basic_auth = lru_cache(maxsize=256)(_basic_auth_str)


class Prepared(NamedTuple):
    """A request that is ready to be sent."""

    place: Place
    request: LeanRequest
    data: bytes


def is_ordinary(session: "HttpSession") -> bool:
    """Tell whether nothing about the session keeps its requests from the short way."""
    state = session.__dict__
    return not (
        session.trust_env
        or state.get("params")
        or state.get("proxies")
        or session.pool_manager is not None
        or ("adapters" in state and not _adapters_are_ours(state))
        or ("hooks" in state and any(state["hooks"].values()))
        or http.client.HTTPConnection.debuglevel
        or requests.Session.send is not _SEND
        or requests.Session.get_adapter is not _GET_ADAPTER
        or HTTPAdapter.send is not _ADAPTER_SEND
    )


def _adapters_are_ours(state: dict[str, Any]) -> bool:
    ours = state.get("own_adapter")
    return [*state["adapters"].values()] == [ours, ours]


def prepare(
    session: "HttpSession",
    method: str,
    url: str,
    params: Any,
    data: Any,
    headers: Any,
    auth: Any,
    json: Any,
) -> Prepared | None:
    """Prepare a request, None if it is out of the ordinary.

    Raises:
        RequestException: As requests does.
    """
    own_headers = session.headers
    if type(own_headers) is not CaseInsensitiveDict or not PLAIN_METHOD(method):
        return None
    place = _place(session.base_url, url)
    if place is None:
        return None
    if params:
        place = _with_params(place, params)
        if place is None:
            return None
    block = header_block(own_headers, headers)
    if block is None:
        return None
    extra: list[tuple[str, str]] = []
    jar = session.__dict__.get("cookies")
    if jar is not None:
        if type(jar) is not RequestsCookieJar:
            return None
        cookies = cookie_header(session, jar, place)
        if cookies:
            extra.append(("Cookie", cookies))
        elif not jar:
            jar = None
    body, sent, content_type = _body(data, json)
    if body is _ODD:
        return None
    if sent is not None:
        extra.append(("Content-Length", str(len(sent))))
        if content_type is not None and not block.typed:
            extra.append(("Content-Type", content_type))
    elif method not in _WITHOUT_LENGTH:
        extra.append(("Content-Length", "0"))
    auth = session.auth if auth is None else auth
    if auth:
        if not _is_basic(auth):
            return None
        extra.append(("Authorization", _basic_auth(*auth)))
    text = block.text
    if extra:
        text += "".join([f"{name}: {value}\r\n" for name, value in extra])
    pairs = (*block.pairs, *extra) if extra else block.pairs
    request = LeanRequest(method, place.url, body, pairs, jar)
    return Prepared(place, request, request_bytes(method, place, text, sent))


def _place(base_url: str | None, url: str) -> Place | None:
    if base_url and url.startswith("/"):
        base = base_of(base_url)
        if base is not None:
            place = place_below(base, url)
            if place is not None:
                return place
    return place_of(join_url(base_url, url))


def _with_params(place: Place, params: Any) -> Place | None:
    if not isinstance(params, (dict, list, tuple)):
        return None  # text is quoted as need be, by requests
    query = PreparedRequest._encode_params(params)  # noqa: SLF001 - what requests itself uses
    if not query:
        return place
    more = f"{'&' if '?' in place.target else '?'}{query}"
    return Place(place.origin, place.url + more, place.target + more)


_ODD: Any = object()


def _body(data: Any, json: Any) -> tuple[Any, bytes | None, str | None]:
    """Return the body, the bytes that are sent of it, and their type; _ODD for an odd one."""
    if not data:
        if json is None:
            # An empty generator or file may still be a stream.
            return (None, None, None) if isinstance(data, (*_EMPTY, type(None))) else (_ODD,) * 3
        try:
            sent = complexjson.dumps(json, allow_nan=False).encode()
        except ValueError:
            return _ODD, None, None
        return sent, sent, "application/json"
    if isinstance(data, bytes):
        return data, data, None
    if isinstance(data, str):
        return data, data.encode(), None
    if isinstance(data, (dict, list, tuple)):
        form = PreparedRequest._encode_params(data)  # noqa: SLF001 - what requests itself uses
        if form:
            return form, form.encode(), "application/x-www-form-urlencoded"
    return _ODD, None, None


_EMPTY = (str, bytes, dict, list, tuple)


def _is_basic(auth: Any) -> bool:
    return (
        type(auth) is tuple
        and len(auth) == 2  # noqa: PLR2004 - user and password
        and isinstance(auth[0], str)
        and isinstance(auth[1], str)
    )
