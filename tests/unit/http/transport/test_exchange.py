"""Reading answers: the same whatever the pieces in which they arrive, and never a hang."""

import gzip
import itertools

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from swarm.http.transport.address import Origin
from swarm.http.transport.connect import Settings
from swarm.http.transport.error import (
    ConnectionLostError,
    NoAnswerError,
    ProtocolError,
    TransportError,
)

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

token = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=12)
value = st.text("abc XYZ019:;,=\t\xe9\xff", max_size=20)
fields = st.lists(st.tuples(token.map("X-{}".format), value), max_size=5)
bodies = st.binary(max_size=300)
cuttings = st.lists(st.integers(0, 500), max_size=4)


def cut(data, cuts):
    points = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(points)]


def head_of(pairs, *framing):
    lines = ["HTTP/1.1 200 OK", *framing, *(f"{k}: {v}" for k, v in pairs)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def chunked(body, sizes):
    out = b""
    for size in [*sizes, len(body)]:
        part, body = body[:size], body[size:]
        if part:
            out += b"%x\r\n%b\r\n" % (len(part), part)
    return out + b"0\r\n\r\n"


def clean(pairs):
    return [(k, v.strip(" \t")) for k, v in pairs]


@quick
@given(fields, bodies, st.lists(st.integers(0, 500), max_size=4))
def test_a_body_of_known_length(answered, pairs, body, cuts):
    raw = head_of(pairs, f"Content-Length: {len(body)}") + body
    head, got, kept = answered(cut(raw, cuts), closes=False)
    assert got == body
    assert [(k, v.strip(" \t")) for k, v in head.pairs[1:]] == clean(pairs)
    assert kept


@quick
@given(
    fields,
    bodies,
    st.lists(st.integers(1, 60), max_size=5),
    st.lists(st.integers(0, 500), max_size=4),
)
def test_a_chunked_body(answered, pairs, body, sizes, cuts):
    raw = head_of(pairs, "Transfer-Encoding: chunked") + chunked(body, sizes)
    _, got, kept = answered(cut(raw, cuts), closes=False)
    assert got == body
    assert kept


@quick
@given(fields, bodies, st.lists(st.integers(0, 500), max_size=4))
def test_a_body_until_the_connection_closes(answered, pairs, body, cuts):
    _, got, kept = answered(cut(head_of(pairs) + body, cuts))
    assert got == body
    assert not kept


@quick
@given(
    st.lists(st.sampled_from([100, 102, 103]), max_size=4), bodies, st.lists(st.integers(0, 300))
)
def test_interim_answers_are_passed_over(answered, interim, body, cuts):
    raw = b"".join(b"HTTP/1.1 %d Wait\r\nLink: <a>\r\n\r\n" % status for status in interim)
    raw += head_of([], f"Content-Length: {len(body)}") + body
    head, got, kept = answered(cut(raw, cuts), closes=False)
    assert (head.status, got, kept) == (200, body, True)


@quick
@given(bodies, st.integers(0, 400), st.booleans())
def test_an_answer_that_breaks_off_is_an_error(answered, body, length, chunks):
    raw = (
        head_of([], "Transfer-Encoding: chunked") + chunked(body, [7])
        if chunks
        else head_of([], f"Content-Length: {len(body)}") + body
    )
    raw = raw[: min(length, len(raw) - 1)]
    with pytest.raises(ConnectionLostError):
        answered([raw])


@quick
@given(st.lists(st.binary(max_size=60), max_size=5))
@example([b"HTTP/1.1 200 OK\nContent-Length: 1\n\na"])
@example([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"])
@example([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nab"])
@example([b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab"])
@example([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab"])
@example([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
@example([b"HTTP/1.1 99 OK\r\n\r\n"])
@example([b"HTTP/1.1 200 OK\r\n folded: 1\r\n\r\n"])
@example([b"\r\n\r\n"])
@example([b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_garbage_is_an_error(answered, pieces):
    with pytest.raises((ProtocolError, ConnectionLostError)):
        answered(pieces)


@quick
@given(
    st.sampled_from(["", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX: "]),
    st.text(st.sampled_from("HTP/1.\r\n :20OKX\0\xff-chunkedContent-Length"), max_size=80),
)
def test_near_misses_give_an_answer_or_an_error(answered, start, text):
    try:
        head, body, _ = answered([(start + text).encode("latin-1")])
    except TransportError:
        return
    assert 100 <= head.status <= 999
    assert isinstance(body, bytes)


@quick
@given(st.binary(max_size=40))
def test_more_bytes_than_announced_end_the_connection(answered, surplus):
    _, body, kept = answered([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood" + surplus])
    assert body == b"good"
    assert kept == (not surplus)
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n"
    _, body, kept = answered([raw + surplus])
    assert body == b"good"
    assert kept == (not surplus.strip(b"\r\n"))  # empty lines between answers are tolerated


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("framing", ["X: y", "Content-Length: 10", "Transfer-Encoding: chunked"])
def test_statuses_without_a_body(answered, status, framing):
    raw = f"HTTP/1.1 {status} X\r\n{framing}\r\n\r\n".encode()
    head, body, _ = answered([raw], closes=False)
    assert (head.status, body) == (status, b"")


@pytest.mark.parametrize("framing", ["X: y", "Content-Length: 10", "Transfer-Encoding: chunked"])
def test_the_answer_to_head_has_no_body(answered, framing):
    raw = f"HTTP/1.1 200 X\r\n{framing}\r\n\r\n".encode()
    _, body, _ = answered([raw], method="HEAD", closes=False)
    assert body == b""


def test_trailers_and_extensions_are_passed_over(answered):
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n"
    _, body, kept = answered([raw], closes=False)
    assert (body, kept) == (b"abc", True)


def test_empty_lines_before_the_answer_are_tolerated(answered):
    raw = b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
    assert answered([raw], closes=False)[1] == b"a"
    assert answered([raw[:1], raw[1:3], raw[3:]], closes=False)[1] == b"a"


def test_a_switch_of_protocols_is_the_answer(answered):
    raw = b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbinary"
    head, _, kept = answered([raw])
    assert (head.status, kept) == (101, False)


def test_nothing_at_all_is_told_from_a_broken_answer(answered):
    with pytest.raises(NoAnswerError):
        answered([])
    with pytest.raises(ConnectionLostError) as raised:
        answered([b"H"])
    assert not isinstance(raised.value, NoAnswerError)


def test_interim_answers_without_end_are_an_error(answered):
    with pytest.raises(ProtocolError, match="interim"):
        answered([b"HTTP/1.1 100 Continue\r\n\r\n" * 200])


@quick
@given(bodies, st.lists(st.integers(0, 300), max_size=3))
def test_a_streamed_body_is_the_same(answered, body, cuts):
    raw = head_of([], "Content-Encoding: gzip", "Transfer-Encoding: chunked")
    raw += chunked(gzip.compress(body), [5, 9])
    _, reader, _ = answered(cut(raw, cuts), closes=False, stream=True)
    with reader:
        assert gzip.decompress(reader.read_all()) == body


def test_a_reset_before_and_within_an_answer(socket_pair):
    from swarm.http.transport.connection import PlainConnection
    from swarm.http.transport.exchange import _over
    from swarm.http.transport.pool import ConnectionPool

    ours, theirs = socket_pair
    pool = ConnectionPool(Settings()).to(Origin("http", "example.com", 80))
    pool._opened = 1

    class Resetting(PlainConnection):
        def send(self, data, timeout):
            super().send(data, timeout)
            theirs.close()  # with the request unread, which makes it a reset

    with pytest.raises(NoAnswerError, match="reset"):
        _over(pool, Resetting(ours), "GET", b"request", None, 5, 0, False)
    assert pool._opened == 0
