"""What test files can read from an answer."""

import json
from datetime import timedelta

import pytest

from swarm.http.transport.error import BodyDecodeError


def test_status_reason_and_ok(session):
    good, bad = session.get("/status/201"), session.get("/status/418")
    assert (good.status_code, good.reason, good.ok, bool(good)) == (201, "Told So", True, True)
    assert (bad.status_code, bad.ok, bool(bad)) == (418, False, False)


def test_content_and_text(session):
    response = session.get("/hello")
    assert response.content == b"hello world"
    assert response.text == "hello world"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", "grün".encode(), "grün"),
        ("text/plain; charset=iso-8859-1", b"gr\xfcn", "grün"),
        ('text/plain; charset="latin-1"', b"gr\xfcn", "grün"),
        ("text/plain; charset=no-such-thing", b"abc", "abc"),
        ("text/plain; charset=hex", b"abc", "abc"),  # a codec, but not of text
        ("text/plain; charset=idna", b"gr\xfcn", "gr�n"),
        ("text/plain", b"gr\xfcn", "gr�n"),
    ],
)
def test_the_charset_of_the_text_is_honoured(session, content_type, body, text):
    raw = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    assert session.post("/raw", data=raw.encode() + body).text == text


def test_json(session):
    assert session.get("/echo").json()["method"] == "GET"
    with pytest.raises(json.JSONDecodeError):
        session.get("/hello").json()


def test_header_fields_are_found_in_any_case_and_keep_theirs(session):
    headers = session.get("/hello").headers
    assert headers["content-type"] == headers["CONTENT-TYPE"] == "text/plain"
    assert "Content-Type" in list(headers)
    assert "x-none" not in headers
    assert headers.get("x-none", "default") == "default"


def test_header_fields_that_come_twice_are_joined_and_can_be_had_apart(session):
    headers = session.get("/double-header").headers
    assert headers["X-Twice"] == "a, b"
    assert headers.get_list("x-twice") == ["a", "b"]
    assert headers.get_list("x-none") == []


def test_bytes_that_are_no_utf8_in_the_head_do_no_harm(session):
    response = session.get("/invalid-utf8")
    assert response.text == "ok"
    assert response.headers["x-bad"] == "café \xff"


def test_elapsed_is_the_time_until_the_answer_was_read(session):
    assert timedelta(seconds=0.1) <= session.get("/delay/0.1").elapsed < timedelta(seconds=2)


@pytest.mark.parametrize(
    "encodings", ["gzip", "deflate", "raw-deflate", "br", "zstd", "gzip,br", "identity"]
)
@pytest.mark.parametrize("stream", [False, True])
def test_compressed_bodies_are_unpacked(session, encodings, stream):
    response = session.get(f"/encoded/{encodings}", stream=stream)
    assert response.content == b"compressed " * 1000


def test_the_length_that_is_counted_is_that_on_the_wire(session, events):
    response = session.get("/encoded/gzip")
    assert events[0]["response_length"] == int(response.headers["content-length"]) < 1000


def test_an_unknown_or_broken_encoding_is_said_when_the_body_is_read(session):
    for encoding in ("rot13", "gzip-garbage"):
        response = session.get(f"/encoded/{encoding}")
        with pytest.raises(BodyDecodeError):
            response.content  # noqa: B018


def test_a_response_without_an_answer_is_a_harmless_dummy(make_session):
    response = make_session("http://127.0.0.1:1").get("/path")
    assert (response.status_code, response.reason, response.ok) == (0, "", False)
    assert response.content is None
    assert response.text == ""
    assert dict(response.headers) == {}
    assert response.cookies == {}
    assert response.history == ()
    assert response.url == "http://127.0.0.1:1/path"
    assert list(response.iter_lines()) == []
    with pytest.raises(json.JSONDecodeError):
        response.json()
    with pytest.raises(type(response.error)):
        response.raise_for_status()


def test_repr_shows_the_status(session):
    assert repr(session.get("/hello")) == "<FastResponse [200]>"


def test_the_cookies_that_an_answer_sets(session):
    response = session.get("/set-cookies?c=a%3D1%3B+Path%3D/&c=b%3D2")
    assert response.cookies == {"a": "1", "b": "2"}


def test_a_status_without_a_reason_is_put_in_words(session, events):
    for status, words in ((404, "404 Not Found"), (599, "599")):
        raw = f"HTTP/1.1 {status} \r\nContent-Length: 0\r\n\r\n"
        session.post("/raw", data=raw.encode())
        assert str(events[-1]["exception"]) == words


def test_content_and_stream_can_both_be_used(session):
    response = session.get("/hello")
    assert response.content == b"hello world"
    with response.stream as stream:
        assert stream.read() == b"hello world"
    assert repr(response.headers).startswith("ResponseHeaders({")
    assert "POST" in repr(session.post("/hello").request)
