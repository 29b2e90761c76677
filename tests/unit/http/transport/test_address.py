from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.http.transport.address import parse_url, request_target, with_params
from swarm.http.transport.error import InvalidRequestError


@pytest.mark.parametrize(
    ("url", "origin", "authority", "target"),
    [
        ("http://example.com", ("http", "example.com", 80), "example.com", "/"),
        ("HTTPS://Example.COM:443/a?b#c", ("https", "example.com", 443), "example.com", "/a?b"),
        ("http://example.com:8080?q", ("http", "example.com", 8080), "example.com:8080", "/?q"),
        ("http://[::1]:90/x", ("http", "::1", 90), "[::1]:90", "/x"),
        ("http://bücher.example/", ("http", "xn--bcher-kva.example", 80), None, "/"),
    ],
)
def test_taking_a_url_apart(url, origin, authority, target):
    address = parse_url(url)
    assert address.origin == origin
    assert address.target == target
    assert authority is None or address.origin.authority == authority
    assert address.credentials is None


def test_credentials_are_unquoted_and_not_shown():
    address = parse_url("http://us%40er:p%3Aw@example.com/x")
    assert address.credentials == ("us@er", "p:w")
    assert address.url == "http://example.com/x"
    assert parse_url("http://user@example.com/").credentials == ("user", "")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "example.com",
        "ftp://x/",
        "http://",
        "http://a:b/",
        "http://[x]/",
        "http://a\r/",
    ],
)
def test_what_is_no_address(url):
    with pytest.raises(InvalidRequestError):
        parse_url(url)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_an_error(text):
    try:
        address = parse_url(f"http://{text}")
    except InvalidRequestError:
        return
    assert address.origin.host
    assert address.target.startswith("/")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40))
def test_a_target_is_safe_to_send_and_means_the_same(text):
    target = request_target("/" + text)
    assert target.isascii()
    assert not set(target) & set(" \r\n#")
    assert request_target(target) == target
    assert unquote(target) == unquote("/" + text.partition("#")[0])


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_params_survive_the_way(params):
    from urllib.parse import parse_qsl

    url = with_params("http://example.com/a?b=c#d", params)
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert query == [("b", "c"), *params.items()]
    assert url.endswith("#d")
