"""The short way: requests that need none of requests' machinery to be prepared.

requests spends more time on preparing a request than the network stack on sending
it. Most requests of a load test are alike, so their parts are kept and only what
differs is made anew. What comes out is the same to the byte; whatever is out of the
ordinary takes requests' own way.
"""

import http.client
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.cookies import RequestsCookieJar

from swarm.http.recording import join_url
from swarm.http.session.borrowed import basic_auth, dump_json, encode_form
from swarm.http.session.jar import cookie_header
from swarm.http.session.lean import LeanRequest
from swarm.http.session.wire import (
    PLAIN_METHOD,
    HeaderBlock,
    OddRequestError,
    Place,
    Wired,
    base_of,
    header_block,
    place_below,
    place_of,
    wired,
)

if TYPE_CHECKING:
    from swarm.http.session.session import HttpSession

# Other packages replace these to watch or to fake requests. They must get their way.
_SEND = requests.Session.send
_GET_ADAPTER = requests.Session.get_adapter
_ADAPTER_SEND = HTTPAdapter.send

_WITHOUT_LENGTH = frozenset(("GET", "HEAD"))


class Prepared(NamedTuple):
    """A request that is ready to be sent."""

    request: LeanRequest
    wired: Wired


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
) -> Prepared:
    """Prepare a request. The arguments are those of `HttpSession.request()`.

    Raises:
        OddRequestError: If it is out of the ordinary.
        RequestException: As requests does.
    """
    if not PLAIN_METHOD(method):
        raise OddRequestError
    place = _place(session.base_url, url)
    if params:
        place = _with_params(place, params)
    block = header_block(session.headers, headers)
    extra: list[tuple[str, str]] = []
    jar = session.__dict__.get("cookies")
    if jar is not None:
        cookies = _cookies(session, jar, place, block)
        if cookies:
            extra.append(("Cookie", cookies))
    body, sent, content_type = _body(data, json)
    if sent is not None:
        extra.append(("Content-Length", str(len(sent))))
        if content_type is not None and "content-type" not in block.special:
            extra.append(("Content-Type", content_type))
    elif method not in _WITHOUT_LENGTH:
        extra.append(("Content-Length", "0"))
    auth = session.auth if auth is None else auth
    if auth:
        extra.append(("Authorization", _authorization(auth, block)))
    pairs, text = block.pairs, block.text
    if extra:
        pairs = (*pairs, *extra)
        text += "".join([f"{name}: {value}\r\n" for name, value in extra])
    request = LeanRequest(method, place.url, body, pairs, jar)
    return Prepared(request, wired(method, place, text, sent, hosted="host" in block.special))


def _cookies(session: "HttpSession", jar: Any, place: Place, block: HeaderBlock) -> str | None:
    if type(jar) is not RequestsCookieJar:
        raise OddRequestError
    if "cookie" in block.special:  # what the test file wrote itself goes before
        return None
    header = cookie_header(session, jar, place)
    if header and "host" in block.special:  # it decides which cookies are meant
        raise OddRequestError
    return header


def _place(base_url: str | None, url: str) -> Place:
    if base_url and url.startswith("/"):
        base = base_of(base_url)
        place = place_below(base, url) if base is not None else None
        if place is not None:
            return place
    place = place_of(join_url(base_url, url))
    if place is None:
        raise OddRequestError
    return place


def _with_params(place: Place, params: Any) -> Place:
    if not isinstance(params, (dict, list, tuple)):
        raise OddRequestError  # text has to be quoted as need be
    query = encode_form(params)
    if not query:
        return place
    more = f"{'&' if '?' in place.target else '?'}{query}"
    return Place(place.origin, place.url + more, place.target + more)


def _body(data: Any, json: Any) -> tuple[Any, bytes | None, str | None]:
    """Return the body, the bytes that are sent of it, and their type."""
    if not data and (data is None or isinstance(data, _PLAIN_DATA)):
        return (None, None, None) if json is None else _json_body(json)
    if isinstance(data, bytes):
        return data, data, None
    if isinstance(data, str):
        return data, data.encode(), None
    form = encode_form(data) if isinstance(data, _PLAIN_DATA) else None
    if not form:
        raise OddRequestError
    return form, form.encode(), "application/x-www-form-urlencoded"


_PLAIN_DATA = (str, bytes, dict, list, tuple)


def _json_body(json: Any) -> tuple[bytes, bytes, str]:
    try:
        sent = dump_json(json, allow_nan=False).encode()
    except ValueError as error:
        raise OddRequestError from error
    return sent, sent, "application/json"


def _authorization(auth: Any, block: HeaderBlock) -> str:
    if "authorization" in block.special:
        raise OddRequestError
    if type(auth) is HTTPBasicAuth:
        auth = (auth.username, auth.password)
    if type(auth) is tuple and len(auth) == 2:  # noqa: PLR2004 - user and password
        user, password = auth
        if isinstance(user, str) and isinstance(password, str):
            return _basic_authorization(user, password)
    raise OddRequestError


_basic_authorization = lru_cache(maxsize=256)(basic_auth)
