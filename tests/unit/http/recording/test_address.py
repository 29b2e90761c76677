import pytest

from swarm.core.exception import ConfigError
from swarm.http.recording import checked_host, join_url, row_name


@pytest.mark.parametrize(
    ("base", "url", "joined"),
    [
        ("http://a", "/b", "http://a/b"),
        ("http://a/", "/b", "http://a/b"),
        ("http://a/p/", "b", "http://a/p/b"),
        ("http://a/p", "?q", "http://a/p?q"),
        ("http://a/p", "", "http://a/p"),
        ("http://a", "https://c/d", "https://c/d"),
        ("http://a", "ftp://c/d", "ftp://c/d"),
        ("http://a", "/r?to=http://c/", "http://a/r?to=http://c/"),
        (None, "/b", "/b"),
    ],
)
def test_joining(base, url, joined):
    assert join_url(base, url) == joined


@pytest.mark.parametrize(
    ("base", "url", "name"),
    [
        ("http://a", "/b?c#d", "/b?c"),
        ("http://a", "b", "/b"),
        ("http://a", "", "/"),
        ("http://a", "http://a/b", "/b"),
        ("http://a/", "http://a/b?c", "/b?c"),
        ("http://a", "http://a", "/"),
        ("http://a", "http://a?q", "/?q"),
        ("http://a", "http://ab/c", "http://ab/c"),
        ("http://a/p", "http://a/p/x", "/x"),
        ("http://a/p", "http://a/other", "http://a/other"),
        ("http://a", "http://user:secret@c/d", "http://c/d"),
        (None, "http://c/d", "http://c/d"),
    ],
)
def test_names(base, url, name):
    assert row_name(base, url) == name


def test_a_usable_host_is_returned():
    assert checked_host("HTTP://a", "MyUser") == "HTTP://a"


@pytest.mark.parametrize("host", [None, "", "a", "a:80", "ftp://a", "//a"])
def test_an_unusable_host_is_explained(host):
    with pytest.raises(ConfigError, match="MyUser") as raised:
        checked_host(host, "MyUser")
    assert "http://" in raised.value.hint
