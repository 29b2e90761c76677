"""What is used of requests and urllib3 that their public, typed surface does not show.

Everything of that kind stands here, so that a new version of theirs can be checked
against one page. The equivalence tests say whether it still means the same.
"""

import json
from http.cookiejar import Cookie, CookieJar
from typing import TYPE_CHECKING, Any, cast

import requests
from requests import PreparedRequest, auth, compat, cookies, hooks, sessions, utils
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from urllib3.util import url as urls

if TYPE_CHECKING:
    from collections.abc import Callable

new_jar = cast("Callable[[], RequestsCookieJar]", RequestsCookieJar)
merge_cookies = cast(
    "Callable[[RequestsCookieJar, CookieJar], RequestsCookieJar]", cookies.merge_cookies
)
extract_cookies = cast(
    "Callable[[CookieJar, PreparedRequest, Any], None]", cookies.extract_cookies_to_jar
)
cookie_header_of = cast(
    "Callable[[CookieJar, PreparedRequest], str | None]", cookies.get_cookie_header
)
basic_auth = cast("Callable[[str, str], str]", auth._basic_auth_str)  # noqa: SLF001 - see above
default_headers = utils.default_headers
default_hooks = hooks.default_hooks
encoding_from = cast(
    "Callable[[CaseInsensitiveDict[str]], str | None]", utils.get_encoding_from_headers
)
encode_target = urls._encode_target  # noqa: SLF001 - see above
encode_form = cast("Callable[[Any], str]", PreparedRequest._encode_params)  # type: ignore[attr-defined] # noqa: SLF001 - see above
dump_json = cast("Callable[..., str]", getattr(compat, "json", json).dumps)
"""requests prefers simplejson, where it is installed."""


def cookies_in(jar: RequestsCookieJar) -> list[Cookie]:
    """Return all cookies of a jar, without the detour of its iterator."""
    return [
        cookie
        for paths in jar._cookies.values()  # type: ignore[attr-defined] # noqa: SLF001 - see above
        for names in paths.values()
        for cookie in names.values()
    ]


def header_items(headers: CaseInsensitiveDict[Any]) -> tuple[Any, ...]:
    """Return the items of header fields, in a tenth of the time that `items()` takes."""
    return tuple(headers._store.values())  # type: ignore[attr-defined] # noqa: SLF001 - see above


def merged_headers(
    session_headers: CaseInsensitiveDict[Any], headers: Any
) -> CaseInsensitiveDict[Any]:
    """Return the header fields of a session with those of a request over them."""
    merge: Callable[..., CaseInsensitiveDict[Any]] = sessions.merge_setting
    return merge(headers or {}, session_headers, dict_class=CaseInsensitiveDict)


def set_next(response: requests.Response, request: PreparedRequest | None) -> None:
    """Set `response.next`, the request that would follow the redirect."""
    response._next = request  # type: ignore[attr-defined] # noqa: SLF001 - see above
