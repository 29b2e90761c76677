import io
import os

import gevent
import pytest

from swarm.http.transport.body import FORM, JSON, NOTHING, Body, encode_body
from swarm.http.transport.connection import PlainConnection
from swarm.http.transport.error import InvalidRequestError
from swarm.http.transport.multipart import encode_multipart


@pytest.mark.parametrize(
    ("arguments", "content", "content_type"),
    [
        ({}, None, None),
        ({"data": b"x"}, b"x", None),
        ({"data": bytearray(b"x")}, b"x", None),
        ({"data": "ü"}, "ü".encode(), None),
        ({"data": {"a": [1, 2], "b": None}}, b"a=1&a=2", FORM),
        ({"data": [("a", "1"), ("b", " ")]}, b"a=1&b=+", FORM),
        ({"json": None}, None, None),
        ({"json": False}, b"false", JSON),
        ({"json": {}}, b"{}", JSON),
        ({"data": b"", "json": 1}, b"1", JSON),
        ({"data": ""}, b"", None),
    ],
)
def test_small_bodies(arguments, content, content_type):
    assert encode_body(**arguments) == (content, content_type)


def test_nothing_is_nothing():
    assert encode_body() is NOTHING


@pytest.mark.parametrize("data", [5, object(), [("a",)], ["text"]])
def test_what_makes_no_body(data):
    with pytest.raises(InvalidRequestError):
        encode_body(data=data)


def test_lengths_are_known_where_they_can_be(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    with path.open("rb") as file:
        file.read(2)
        assert encode_body(data=file).content.length == 3
    assert encode_body(data=io.BytesIO(b"1234")).content.length == 4
    assert encode_body(data=iter([b"x"])).content.length is None
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb"):
        assert encode_body(data=pipe).content.length is None


def test_what_can_be_sent_again():
    assert Body(b"x", 1).repeatable
    assert Body(io.BytesIO(b"x"), 1).repeatable
    assert not Body(iter([b"x"]), None).repeatable


@pytest.fixture
def sent(socket_pair):
    """Send a body and return what arrives."""
    ours, theirs = socket_pair
    connection = PlainConnection(ours)

    def send(body):
        body.send(connection, 1)
        return theirs.recv(1_000_000)

    yield send
    connection.close()


def test_a_file_that_grows_meanwhile_is_cut_at_its_announced_length(sent):
    assert sent(Body(io.BytesIO(b"12345"), 3)) == b"123"


def test_a_file_that_is_shorter_than_announced_is_an_error(sent):
    with pytest.raises(InvalidRequestError, match="2 bytes"):
        sent(Body(io.BytesIO(b"123"), 5))


def test_chunks(sent):
    assert sent(Body([b"ab", "c", b""], None)) == b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"


def test_an_answer_that_comes_before_the_body_is_through_is_returned(socket_pair):
    ours, theirs = socket_pair
    connection = PlainConnection(ours)

    def pieces():
        yield b"first"
        theirs.send(b"HTTP/1.1 413 Too Big\r\n\r\n")
        theirs.recv(1000)
        theirs.close()
        gevent.sleep(0)
        yield b"second"

    answer, whole = Body(pieces(), None).send(connection, 1)
    assert answer == b"HTTP/1.1 413 Too Big\r\n\r\n"
    assert not whole
    connection.close()


@pytest.fixture
def asked(socket_pair):
    """Send a body that asks first to a server that says given pieces.

    Returns what `send` returns, and what of the body arrives.
    """
    ours, theirs = socket_pair
    connection = PlainConnection(ours)
    body = Body(b"body", 4)
    body.expect_continue = True

    def ask(*pieces, timeout=5):
        def say():
            for piece in pieces:
                theirs.send(piece)
                gevent.sleep(0)

        gevent.spawn(say)
        outcome = body.send(connection, timeout)
        try:
            return outcome, theirs.recv(100)
        except BlockingIOError:
            return outcome, b""

    yield ask
    connection.close()


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 100 Continue\r\n\r\n"],
        [bytes([byte]) for byte in b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n"],
        [b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"],
    ],
)
def test_a_body_that_was_asked_for_is_sent(asked, pieces):
    assert asked(*pieces) == ((b"", True), b"body")


def test_what_follows_the_go_ahead_belongs_to_the_answer(asked):
    outcome, _ = asked(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert outcome == (b"HTTP/1.1 200 OK", True)


def test_a_body_that_was_refused_is_not_sent(asked):
    refusal = b"HTTP/1.1 417 No\r\n\r\n"
    assert asked(refusal[:5], refusal[5:]) == ((refusal, False), b"")


def test_a_server_that_never_says_go_ahead_gets_the_body(asked):
    assert asked(timeout=0.05) == ((b"", True), b"body")


@pytest.mark.parametrize(
    ("data", "files"),
    [
        ("text", {"f": b"x"}),
        (None, {"f": 5}),
        (None, {"f": ("name", b"x", "text/x\r\nInjected: 1")}),
        (None, {"f": ("name", b"x", None, {"A": "b\nc"})}),
    ],
)
def test_what_makes_no_multipart_form(data, files):
    with pytest.raises(InvalidRequestError):
        encode_multipart(data, files)


def test_multipart_types_are_guessed_and_fields_may_be_left_out():
    body, content_type = encode_multipart(
        {"none": None, "raw": b"\xff"}, [("f", ("a.json", "text")), ("g", (None, b"x"))]
    )
    boundary = content_type.partition("boundary=")[2].encode()
    parts = body.split(b"--" + boundary)
    assert parts[0] == b""
    assert parts[-1] == b"--\r\n"
    assert [b'name="raw"' in parts[1], b"\xff" in parts[1]] == [True, True]
    assert b'filename="a.json"\r\nContent-Type: application/json\r\n\r\ntext\r\n' in parts[2]
    assert b"filename" not in parts[3]
