import time
from http.cookiejar import CookieJar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.http.fast.cookie import SessionCookies, parse_set_cookie
from swarm.http.transport.address import Origin

PLAIN = Origin("http", "www.example.com", 80)


def jar_with(*values, origin=PLAIN, target="/dir/page"):
    jar = SessionCookies()
    jar.take(values, origin, target)
    return jar


def sent(jar, host="www.example.com", target="/dir/page", scheme="http"):
    return jar.header_for(Origin(scheme, host, 80), target)


def test_cookies_are_kept_between_requests(session):
    session.get("/set-cookies?c=a%3D1&c=b%3D2")
    assert session.get("/cookies").text == "a=1; b=2"
    assert session.get("/cookies").text == "a=1; b=2"


def test_a_session_without_cookies_has_no_jar(session):
    session.get("/hello")
    assert session.client._cookies is None


def test_the_jar_is_public_and_standard(session):
    session.get("/set-cookies?c=a%3D1")
    assert isinstance(session.cookiejar, CookieJar)
    assert [(c.name, c.value) for c in session.cookiejar] == [("a", "1")]
    session.cookiejar.clear()
    assert session.get("/cookies").text == ""


def test_a_jar_can_be_given(session):
    other = jar_with("x=1; Path=/", origin=Origin("http", "127.0.0.1", 80))
    session.cookiejar = other
    assert session.get("/cookies").text == "x=1"


def test_sessions_do_not_share_cookies(make_session):
    make_session().get("/set-cookies?c=a%3D1")
    assert make_session().get("/cookies").text == ""


def test_closing_the_session_forgets_cookies(session):
    session.get("/set-cookies?c=a%3D1")
    session.close()
    assert session.get("/cookies").text == ""


def test_an_own_cookie_field_is_sent_instead(session):
    session.get("/set-cookies?c=a%3D1")
    assert session.get("/cookies", headers={"Cookie": "mine=1"}).text == "mine=1"


def test_a_new_value_replaces_the_old(session):
    session.get("/set-cookies?c=a%3D1%3B+Path%3D/")
    session.get("/set-cookies?c=a%3D2%3B+Path%3D/")
    assert session.get("/cookies").text == "a=2"


@pytest.mark.parametrize(
    "ending", ["Max-Age=0", "Max-Age=-5", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_an_expiry_in_the_past_removes_a_cookie(ending):
    jar = jar_with("a=1; Path=/", "b=2; Path=/")
    jar.take([f"a=; Path=/; {ending}"], PLAIN, "/")
    assert sent(jar) == "b=2"


def test_a_cookie_ends_when_its_time_has_come():
    jar = jar_with("a=1; Path=/; Max-Age=100")
    assert sent(jar) == "a=1"
    for cookie in jar:
        cookie.expires = time.time() - 1
    assert sent(jar) == ""


@pytest.mark.parametrize(
    ("attribute", "host", "is_sent"),
    [
        ("", "www.example.com", True),
        ("", "example.com", False),
        ("", "sub.www.example.com", False),
        ("; Domain=example.com", "example.com", True),
        ("; Domain=.example.com", "other.example.com", True),
        ("; Domain=example.com", "badexample.com", False),
        ("; Domain=other.org", "other.org", False),
    ],
)
def test_domains(attribute, host, is_sent):
    assert bool(sent(jar_with(f"a=1; Path=/{attribute}"), host)) is is_sent


def test_an_address_has_no_subdomains():
    jar = jar_with("a=1; Domain=0.0.1", origin=Origin("http", "127.0.0.1", 80))
    assert len(jar) == 0


@pytest.mark.parametrize(
    ("path", "target", "is_sent"),
    [
        ("; Path=/", "/x", True),
        ("; Path=/dir", "/dir", True),
        ("; Path=/dir", "/dir/page?q", True),
        ("; Path=/dir", "/directory", False),
        ("; Path=/dir/", "/dir", False),
        ("", "/dir/other", True),
        ("", "/other", False),
    ],
)
def test_paths(path, target, is_sent):
    assert bool(sent(jar_with(f"a=1{path}"), target=target)) is is_sent


def test_the_longest_path_comes_first():
    assert sent(jar_with("a=1; Path=/", "b=2; Path=/dir")) == "b=2; a=1"


def test_secure_cookies_stay_on_tls():
    jar = jar_with("a=1; Path=/; Secure")
    assert sent(jar) == ""
    assert sent(jar, scheme="https") == "a=1"


@pytest.mark.parametrize("value", ["", "=x", "novalue", "; Path=/"])
def test_what_is_no_cookie_is_ignored(value):
    assert parse_set_cookie(value, "example.com", "/", 0) is None


def test_flags_are_kept():
    cookie = parse_set_cookie("a=b=c; HttpOnly; SameSite=Lax", "example.com", "/", 0)
    assert (cookie.name, cookie.value) == ("a", "b=c")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.discard


@given(st.text(max_size=80))
def test_no_text_breaks_the_parser(text):
    parse_set_cookie(text, "example.com", "/", 0)


@pytest.mark.parametrize(
    ("expires", "kept"),
    [
        ("Wed, 21 Oct 2099 07:28:00 GMT", True),
        ("Wed, 21-Oct-2099 07:28:00 GMT", True),
        ("Wed, 21 Oct 1999 07:28:00 GMT", False),
        ("nonsense", True),
        ("Wed, 99 Oct 99999999999 07:28:00 GMT", True),
    ],
)
def test_expires(expires, kept):
    assert bool(jar_with(f"a=1; Path=/; Expires={expires}")) is kept


def test_a_cookie_without_a_domain_is_sent_everywhere():
    jar = jar_with("a=1; Path=/")
    for cookie in list(jar):
        cookie.domain = ""
        jar.clear()
        jar.set_cookie(cookie)
    assert sent(jar, "other.org") == "a=1"


def test_a_jar_serves_as_the_cookies_of_a_request(session):
    jar = jar_with("a=1", "b=2")
    assert session.get("/cookies", cookies=jar).text == "a=1; b=2"
    session.get("/set-cookies?c=c%3D3")
    assert session.get("/cookies", cookies={"a": "1"}).text == "c=3; a=1"
