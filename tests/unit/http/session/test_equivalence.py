"""The same calls through requests.Session and HttpSession have the same outcome."""

import gzip
import io
import json
import re
import zlib
from http.cookiejar import CookieJar

import pytest
import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.cookies import RequestsCookieJar, create_cookie

from support.http_server import PASSWORD, USER


class TokenAuth(AuthBase):
    def __call__(self, request):
        request.headers["X-Token"] = "sesame"
        return request


class Url:
    """An address of some library's own kind."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class Reader(io.RawIOBase):
    """A file whose size nobody can tell."""

    def __init__(self, data):
        self.data = data

    def read(self, size=-1):
        size = len(self.data) if size < 0 else size
        part, self.data = self.data[:size], self.data[size:]
        return part

    def tell(self):
        raise OSError("no position")

    def fileno(self):
        raise io.UnsupportedOperation


def with_cookies(session, **cookies):
    for name, value in cookies.items():
        session.cookies.set(name, value, domain="127.0.0.1", path="/")
    return session


def with_setting(session, **settings):
    for name, value in settings.items():
        setattr(session, name, value)
    return session


def with_headers(session, **headers):
    session.headers.update(headers)
    return session


def logged_in(session, base, *cookies):
    session.get(f"{base}/set-cookies", params={"c": cookies})
    return session


def to_the_letter(session, url, **headers):
    """Send a prepared request whose URL was set by hand, which keeps requests from tidying it."""
    request = session.prepare_request(requests.Request("GET", url.partition("/echo")[0] + "/echo"))
    request.url = url
    request.headers.update(headers)
    return session.send(request)


def answered(session, base, *lines, body=b"hello"):
    """Have the server answer with these lines and this body."""
    head = b"".join(line + b"\r\n" for line in (b"HTTP/1.1 200 OK", *lines))
    return session.post(f"{base}/raw", data=head + b"\r\n" + body)


def in_chunks(body, size=5):
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


CODED = gzip.compress(b"hello " * 100)
BODIES = {
    "gzip": (b"gzip", CODED),
    "gzip without its end": (b"gzip", CODED[:-8]),
    "gzip and more": (b"gzip", CODED + b"more"),
    "gzip twice": (b"gzip, gzip", gzip.compress(CODED)),
    "deflate": (b"deflate", zlib.compress(b"hello " * 100)),
    "deflate without its end": (b"deflate", zlib.compress(b"hello " * 100)[:-6]),
    "unknown": (b"unknown", b"hello"),
}

CALLS = {
    "get": lambda s, u: s.get(f"{u}/echo"),
    "get the root without a slash": lambda s, u: s.get(u),
    "get with a query": lambda s, u: s.get(f"{u}/echo?a=1&b=2"),
    "get with only a query": lambda s, u: s.get(f"{u}?a=1"),
    "get with a fragment": lambda s, u: s.get(f"{u}/echo#part"),
    "get bytes": lambda s, u: s.get(f"{u}/echo".encode()),
    "get a path to be quoted": lambda s, u: s.get(f"{u}/echo/a b/ü?q=ä \u20ac%zz"),
    "get a quoted path": lambda s, u: s.get(f"{u}/echo/%7Ea%2fb%41"),
    "get odd but legal characters": lambda s, u: s.get(f"{u}/echo/a;b=c,d@e:f!g$h'(i)*j+k~l|m^n"),
    "get a path with dots": lambda s, u: s.get(f"{u}/hello/../echo/./x"),
    "get a path with quoted dots": lambda s, u: s.get(f"{u}/echo/%2e%2e/a/%2E/b"),
    "get a path to the letter": lambda s, u: to_the_letter(s, f"{u}/echo/../a/./b/%7e"),
    "get the verb as bytes": lambda s, u: s.request(b"get", f"{u}/echo"),
    "get with white space around": lambda s, u: s.get(f"  {u}/echo "),
    "get an upper-case scheme": lambda s, u: s.get(u.replace("http", "HTTP") + "/echo"),
    "get double slashes": lambda s, u: s.get(f"{u}//echo//x"),
    "get with a name instead of the address": lambda s, u: s.get(
        u.replace("127.0.0.1", "LocalHost") + "/echo"
    ),
    "params dict": lambda s, u: s.get(f"{u}/echo", params={"a": 1, "b": ["x", "y"], "c": None}),
    "params pairs": lambda s, u: s.get(f"{u}/echo?z=0", params=[("a", "ä b"), ("a", "&=~")]),
    "params text": lambda s, u: s.get(f"{u}/echo", params="a=1&b=ü"),
    "params bytes": lambda s, u: s.get(f"{u}/echo", params=b"a=1"),
    "params and a fragment": lambda s, u: s.get(f"{u}/echo#x", params={"a": 1}),
    "params of the session": lambda s, u: with_setting(s, params={"k": "v"}).get(
        f"{u}/echo", params={"a": 1}
    ),
    "headers": lambda s, u: s.get(f"{u}/echo", headers={"X-A": "1", "accept": "text/html"}),
    "headers as bytes": lambda s, u: s.get(f"{u}/echo", headers={"X-A": b"1"}),
    "headers are an empty list": lambda s, u: s.get(f"{u}/echo", headers=[]),
    "header removed by None": lambda s, u: s.get(f"{u}/echo", headers={"Accept": None}),
    "no user agent": lambda s, u: s.get(f"{u}/echo", headers={"User-Agent": None}),
    "no accept-encoding": lambda s, u: s.get(f"{u}/echo", headers={"Accept-Encoding": None}),
    "headers with a host": lambda s, u: s.get(f"{u}/echo", headers={"Host": "example.com"}),
    "a host and cookies": lambda s, u: with_cookies(s, a="1").get(
        f"{u}/echo", headers={"Host": "example.com"}
    ),
    "a token": lambda s, u: s.get(f"{u}/echo", headers={"Authorization": "Bearer x"}),
    "a token of the session": lambda s, u: with_headers(s, Authorization="Bearer x").get(
        f"{u}/echo"
    ),
    "a token and basic auth": lambda s, u: with_headers(s, Authorization="Bearer x").get(
        f"{u}/echo", auth=("a", "b")
    ),
    "post a large body": lambda s, u: s.post(f"{u}/echo", data=b"0123456789" * 200_000),
    "post a large text": lambda s, u: s.post(f"{u}/echo", data="naïve" * 50_000),
    "put a large body twice": lambda s, u: s.put(
        f"{u}/redirect-to", params={"url": "/echo", "status": 307}, data=b"x" * 100_000
    ),
    "an object as address": lambda s, u: s.get(Url(f"{u}/echo")),
    "headers in latin-1": lambda s, u: s.get(f"{u}/echo", headers={"X-A": "caf\xe9"}),
    "headers of the session": lambda s, u: with_headers(s, **{"X-S": "s", "Accept": "a/b"}).get(
        f"{u}/echo", headers={"X-R": "r"}
    ),
    "plain dict as headers of the session": lambda s, u: with_setting(s, headers={"X": "y"}).get(
        f"{u}/echo"
    ),
    "no headers at all": lambda s, u: with_setting(s, headers={}).get(f"{u}/echo"),
    "connection close": lambda s, u: s.get(f"{u}/echo", headers={"Connection": "close"}),
    "post nothing": lambda s, u: s.post(f"{u}/echo"),
    "post empty bytes": lambda s, u: s.post(f"{u}/echo", data=b""),
    "post a form": lambda s, u: s.post(f"{u}/echo", data={"a": "1", "b": ["ä", "&"]}),
    "post pairs": lambda s, u: s.post(f"{u}/echo", data=[("a", "1"), ("a", "2")]),
    "post an empty form": lambda s, u: s.post(f"{u}/echo", data={}),
    "post text": lambda s, u: s.post(f"{u}/echo", data="naïve €"),
    "post bytes": lambda s, u: s.post(f"{u}/echo", data=b"\x00\xff"),
    "post bytearray": lambda s, u: s.post(f"{u}/echo", data=bytearray(b"abc")),
    "post json": lambda s, u: s.post(f"{u}/echo", json={"a": [1, None, "ü"]}),
    "post json null": lambda s, u: s.post(f"{u}/echo", json=None),
    "post json false": lambda s, u: s.post(f"{u}/echo", json=False),
    "post json empty": lambda s, u: s.post(f"{u}/echo", json={}),
    "post json with own type": lambda s, u: s.post(
        f"{u}/echo", json=1, headers={"content-type": "application/x"}
    ),
    "post json and data": lambda s, u: s.post(f"{u}/echo", data="d", json={"j": 1}),
    "post a file": lambda s, u: s.post(f"{u}/echo", data=io.BytesIO(b"file" * 1000)),
    "post a generator": lambda s, u: s.post(f"{u}/echo", data=(b"ab" for _ in range(3))),
    "post a stream without size": lambda s, u: s.post(f"{u}/echo", data=Reader(b"stream")),
    "post own content-length": lambda s, u: s.post(
        f"{u}/echo", data=b"four", headers={"Content-Length": "4"}
    ),
    "put": lambda s, u: s.put(f"{u}/echo", data="x"),
    "patch": lambda s, u: s.patch(f"{u}/echo", json={"a": 1}),
    "delete": lambda s, u: s.delete(f"{u}/echo"),
    "options": lambda s, u: s.options(f"{u}/echo"),
    "head": lambda s, u: s.head(f"{u}/hello"),
    "head of a redirect": lambda s, u: s.head(f"{u}/redirect/1"),
    "own method": lambda s, u: s.request("PROPFIND", f"{u}/echo"),
    "lower-case method": lambda s, u: s.request("get", f"{u}/echo"),
    "get with a body": lambda s, u: s.get(f"{u}/echo", data="x"),
    "404": lambda s, u: s.get(f"{u}/nowhere"),
    "204": lambda s, u: s.get(f"{u}/status/204"),
    "304": lambda s, u: s.get(f"{u}/status/304"),
    "500": lambda s, u: s.get(f"{u}/status/500"),
    "599": lambda s, u: s.get(f"{u}/status/599"),
    "chunked": lambda s, u: s.get(f"{u}/chunked"),
    "until close": lambda s, u: s.get(f"{u}/until-close"),
    "http 1.0": lambda s, u: s.get(f"{u}/http10"),
    "double headers": lambda s, u: s.get(f"{u}/double-header"),
    "latin-1 headers": lambda s, u: s.get(f"{u}/invalid-utf8"),
    "closing": lambda s, u: s.get(f"{u}/close"),
    **{
        f"encoded {name}": lambda s, u, name=name: s.get(f"{u}/encoded/{name}")
        for name in ("gzip", "deflate", "raw-deflate", "br", "identity", "gzip,deflate", "unknown")
    },
    **{
        f"chunks of {name}": lambda s, u, coding=coding, body=body: answered(
            s,
            u,
            b"Content-Encoding: " + coding,
            b"Transfer-Encoding: chunked",
            body=in_chunks(body),
        )
        for name, (coding, body) in BODIES.items()
    },
    "two types of content": lambda s, u: answered(
        s,
        u,
        b"Content-Type: text/plain",
        b"Content-Type: text/html; charset=latin-1",
        b"Content-Length: 5",
    ),
    "cookies of the request": lambda s, u: s.get(f"{u}/cookies", cookies={"a": "1", "b": "2"}),
    "cookies of the session": lambda s, u: with_cookies(s, a="1", b="2").get(f"{u}/cookies"),
    "cookies of both": lambda s, u: with_cookies(s, a="1", b="2").get(
        f"{u}/cookies", cookies={"a": "3", "c": "4"}
    ),
    "cookies and a Cookie header": lambda s, u: with_cookies(s, a="1").get(
        f"{u}/cookies", headers={"Cookie": "own=1"}
    ),
    "cookies kept": lambda s, u: logged_in(s, u, "sid=1; Path=/", "x=y").get(f"{u}/cookies"),
    "cookies for another path": lambda s, u: logged_in(s, u, "sid=1; Path=/other").get(
        f"{u}/cookies"
    ),
    "cookies that are secure": lambda s, u: logged_in(s, u, "sid=1; Secure").get(f"{u}/cookies"),
    "cookies expired": lambda s, u: logged_in(
        s, u, "sid=1; Max-Age=3600", "sid=; Max-Age=0", "b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    ).get(f"{u}/cookies"),
    "cookies replaced": lambda s, u: logged_in(logged_in(s, u, "a=1"), u, "a=2").get(
        f"{u}/cookies"
    ),
    "cookies set by a response": lambda s, u: s.get(
        f"{u}/set-cookies", params={"c": ["a=1", "b=2; Path=/x", 'c="q v"', "bad"]}
    ),
    "redirects": lambda s, u: s.get(f"{u}/redirect/3"),
    "redirect not followed": lambda s, u: s.get(f"{u}/redirect/3", allow_redirects=False),
    "redirects keep a fragment": lambda s, u: s.get(f"{u}/redirect/1#part"),
    **{
        f"{method} redirected with {status}": lambda s, u, m=method, c=status: s.request(
            m, f"{u}/redirect-to", params={"url": "/echo", "status": c}, data="body"
        )
        for method in ("POST", "PUT", "GET")
        for status in (301, 302, 303, 307, 308)
    },
    "redirect sets cookies": lambda s, u: s.get(
        f"{u}/redirect-to", params={"url": "/cookies", "cookie": ["a=1", "b=2"]}
    ),
    "redirect to another host drops auth": lambda s, u: s.get(
        f"{u}/redirect-to",
        params={"url": u.replace("127.0.0.1", "localhost") + "/echo"},
        auth=("a", "b"),
    ),
    "redirect to the same host keeps auth": lambda s, u: s.get(
        f"{u}/redirect-to", params={"url": "/echo"}, auth=("a", "b")
    ),
    "redirect to a path to be quoted": lambda s, u: s.get(
        f"{u}/redirect-to", params={"url": "/echo/ä b"}
    ),
    "redirect of a file": lambda s, u: s.post(
        f"{u}/redirect-to", params={"url": "/echo", "status": 307}, data=io.BytesIO(b"again")
    ),
    "basic auth": lambda s, u: s.get(f"{u}/basic", auth=(USER, PASSWORD)),
    "basic auth refused": lambda s, u: s.get(f"{u}/basic", auth=(USER, "wrong")),
    "basic auth object": lambda s, u: s.get(f"{u}/basic", auth=HTTPBasicAuth(USER, PASSWORD)),
    "basic auth of the session": lambda s, u: with_setting(s, auth=(USER, PASSWORD)).get(
        f"{u}/basic"
    ),
    "basic auth in the address": lambda s, u: s.get(
        u.replace("://", "://alice:open%20sesame@") + "/basic"
    ),
    "digest auth": lambda s, u: s.get(f"{u}/digest", auth=HTTPDigestAuth(USER, PASSWORD)),
    "digest auth sha256": lambda s, u: s.get(
        f"{u}/digest-sha256", auth=HTTPDigestAuth(USER, PASSWORD)
    ),
    "digest auth refused": lambda s, u: s.get(f"{u}/digest", auth=HTTPDigestAuth(USER, "no")),
    "own auth": lambda s, u: s.get(f"{u}/echo", auth=TokenAuth()),
    "auth by a function": lambda s, u: s.get(f"{u}/echo", auth=TokenAuth().__call__),
    "stream": lambda s, u: s.get(f"{u}/chunked", stream=True),
    "stream encoded": lambda s, u: s.get(f"{u}/encoded/gzip", stream=True),
    "stream of the session": lambda s, u: with_setting(s, stream=True).get(f"{u}/big/5000"),
    "tuple of timeouts": lambda s, u: s.get(f"{u}/hello", timeout=(5, 5)),
}

FAILURES = {
    "refused": lambda s, u: s.get("http://127.0.0.1:1/"),
    "unknown name": lambda s, u: s.get("http://no-such-host.invalid/"),
    "read timeout": lambda s, u: s.get(f"{u}/delay/2", timeout=0.05),
    "read timeout of two": lambda s, u: s.get(f"{u}/delay/2", timeout=(5, 0.05)),
    "timeout within the body": lambda s, u: s.get(f"{u}/delay-body/2", timeout=0.05),
    "no scheme": lambda s, u: s.get("//example.com/"),
    "unknown scheme": lambda s, u: s.get("gopher://example.com/"),
    "no scheme but a port": lambda s, u: s.get(u.removeprefix("http://") + "/echo"),
    "unknown scheme and a port": lambda s, u: s.get(u.replace("http", "ftp") + "/echo"),
    "no host": lambda s, u: s.get("http:///x"),
    "bad label": lambda s, u: s.get("http://*.example.com/"),
    "bad port": lambda s, u: s.get("http://127.0.0.1:99999/"),
    "bad header": lambda s, u: s.get(f"{u}/echo", headers={"X-A": "a\nb"}),
    "bad header type": lambda s, u: s.get(f"{u}/echo", headers={"X-A": 1}),
    "space before a header": lambda s, u: s.get(f"{u}/echo", headers={" X-A": "1"}),
    "endless redirects": lambda s, u: s.get(f"{u}/redirect-loop"),
    "few redirects": lambda s, u: with_setting(s, max_redirects=2).get(f"{u}/redirect/3"),
    "redirect to nowhere": lambda s, u: s.get(
        f"{u}/redirect-to", params={"url": "http://127.0.0.1:1/"}
    ),
    "redirect to an unknown scheme": lambda s, u: s.get(
        f"{u}/redirect-to", params={"url": "gopher://x/"}
    ),
    "closed before the answer": lambda s, u: s.get(f"{u}/close-before-answer"),
    "closed in the body": lambda s, u: s.get(f"{u}/close-mid-body"),
    "closed in a chunk": lambda s, u: s.get(f"{u}/close-mid-chunk"),
    "reset in the body": lambda s, u: s.get(f"{u}/reset"),
    "undecodable body": lambda s, u: s.get(f"{u}/encoded/gzip-garbage"),
    "endless head": lambda s, u: s.get(f"{u}/endless-head"),
    "refused proxy": lambda s, u: s.get(f"{u}/hello", proxies={"http": "http://127.0.0.1:1"}),
    "post nan as json": lambda s, u: s.post(f"{u}/echo", json=float("nan")),
}


def outline(response):
    """Everything of a response that must not differ."""
    content = response.content
    headers = [*response.headers.items()]
    if "/echo" in response.url and response.headers.get("content-type") == "application/json":
        content = json.loads(content)
        del content["connection"], content["nth"]  # and the digits of these
        headers = [pair for pair in headers if pair[0] != "Content-Length"]
    request = response.request
    return {
        "status": response.status_code,
        "reason": response.reason,
        "content": content,
        "text": response.text if isinstance(content, bytes) else None,
        "headers": headers,
        "url": response.url,
        "ok": response.ok,
        "encoding": response.encoding,
        "cookies": sorted(map(str, response.cookies)),
        "links": response.links,
        "is_redirect": response.is_redirect,
        "next": response.next and (response.next.method, response.next.url),
        "history": [outline(earlier) for earlier in response.history],
        "request": (request.method, request.url, sent_headers(request), request.path_url),
        "raw": [
            getattr(response.raw, name)
            for name in ("status", "reason", "version", "version_string", "url", "closed")
        ],
    }


def sent_headers(request):
    """The headers, with the marks of digest authentication that are random blotted out."""
    return [
        (name, re.sub(r'(cnonce|response)="\w+"', r"\1=...", value) if "igest" in value else value)
        for name, value in (
            (k, v if isinstance(v, str) else str(v)) for k, v in request.headers.items()
        )
    ]


def state(session):
    return sorted(map(str, session.cookies)), dict(session.headers), session.auth


@pytest.fixture
def full(session):
    """Without a base host, which is a thing requests does not know."""
    session.base_url = None
    return session


@pytest.mark.parametrize("name", CALLS)
def test_a_call_has_the_same_outcome_as_in_requests(name, full, plain, server):
    call, session = CALLS[name], full

    expected = outline(call(plain, server.url))

    assert outline(call(session, server.url)) == expected
    assert outline(call(session, server.url)) == outline(call(plain, server.url))
    assert state(session) == state(plain)


# A path alone cannot say what these say of the host; white space before it is a path, too.
ABOUT_THE_HOST = (
    "address", "white space", "upper-case scheme", "another host", "fragment", "to the letter",
)  # fmt: skip
BELOW = [name for name in CALLS if not any(part in name for part in ABOUT_THE_HOST)]


@pytest.mark.parametrize("base", ["", "/"])
@pytest.mark.parametrize("name", BELOW)
def test_a_path_below_the_base_host_is_the_same_as_a_full_address(
    name, base, session, plain, server
):
    call = CALLS[name]
    session.base_url = server.url + base

    expected = outline(call(plain, server.url))

    assert outline(call(session, "")) == expected
    assert outline(call(session, "")) == outline(call(plain, server.url))
    assert state(session) == state(plain)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_the_same_exception_as_in_requests(name, full, plain, server, events):
    call, session = FAILURES[name], full
    with pytest.raises(requests.RequestException) as expected:
        call(plain, server.url)

    response = call(session, server.url)

    assert response.status_code == 0
    assert response.content is None
    assert not response.ok
    assert type(response.error) is expected.type
    assert events[-1]["exception"] is response.error
    with pytest.raises(expected.type):
        response.raise_for_status()


ERRORS = {
    "a header name that is no ASCII": lambda s, u: s.get(f"{u}/echo", headers={"X-\xc4": "1"}),
    "a header of None": lambda s, u: to_the_letter(s, f"{u}/echo", **{"X-A": None}),
    "a cookie with a line break": lambda s, u: with_cookies(s, a="1\r\nX-B: 2").get(f"{u}/echo"),
    "a missing certificate": lambda s, u: s.get(f"{u}/echo", cert="/no/such/file"),
    "no method": lambda s, u: s.request(None, f"{u}/echo"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_the_test_file_is_raised_as_in_requests(name, full, plain, server):
    call, session = ERRORS[name], full
    with pytest.raises(Exception) as expected:
        call(plain, server.url)

    with pytest.raises(expected.type, match=re.escape(str(expected.value))):
        call(session, server.url)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((b"Content-Length: 99",), id="breaks off"),
        pytest.param((b"Content-Length: 5", b"Content-Encoding: gzip"), id="is no gzip"),
    ],
)
def test_a_redirect_is_followed_even_if_its_own_body_is_broken(session, plain, server, lines):
    lines = (b"HTTP/1.1 302 Found", b"Location: /hello", b"Connection: close", *lines)
    head = b"\r\n".join((*lines, b"", b"hello"))
    for each in (plain, session):
        response = each.post(f"{server.url}/raw", data=head, headers={"X-Close": "1"})

        assert response.text == "hello world"
        assert [earlier.status_code for earlier in response.history] == [302]


class OwnJar(RequestsCookieJar):
    pass


@pytest.mark.parametrize("kind", [RequestsCookieJar, OwnJar, CookieJar])
def test_a_jar_of_another_kind_may_be_the_sessions(session, plain, server, kind):
    session.cookies, plain.cookies = kind(), kind()
    for jar in (session.cookies, plain.cookies):
        jar.set_cookie(create_cookie("a", "1", domain="127.0.0.1"))

    expected = plain.get(f"{server.url}/cookies").text

    assert session.get(f"{server.url}/cookies").text == expected == "a=1"
