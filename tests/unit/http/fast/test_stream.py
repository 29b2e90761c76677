"""Bodies that are read piece by piece."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.event import RequestEvent
from swarm.http import FastHttpSession
from swarm.http.fast.line import lines_of
from swarm.http.fast.stream import ResponseStream
from swarm.http.transport.error import ConnectionLostError, ReadTimeoutError


def test_a_streamed_request_is_counted_when_the_head_has_come(session, events):
    started = time.perf_counter()
    response = session.get("/delay-body/0.2", stream=True)
    assert time.perf_counter() - started < 0.2
    assert events[0]["response_length"] == 8
    assert events[0]["response_time"] < 200
    assert response.content == b"halfhalf"


def test_lines_arrive_before_the_body_is_complete(session):
    assert list(session.iter_lines("/lines/3")) == ["line 0", "line 1", "line 2"]


def test_iter_lines_counts_its_request_and_raises_without_an_answer(session, make_session, events):
    list(session.iter_lines("/lines/1", name="lines"))
    with pytest.raises(Exception, match="refused"):
        list(make_session("http://127.0.0.1:1").iter_lines("/"))
    assert [event["exception"] is None for event in events] == [True, False]
    assert events[0]["name"] == "lines"


def test_lines_as_bytes_or_as_text(session):
    assert next(session.get("/lines/2", stream=True).iter_lines()) == b"line 0"
    assert next(session.get("/lines/2").iter_lines(decode_unicode=True)) == "line 0"


def test_pieces_of_a_size(session):
    response = session.get("/hello", stream=True)
    assert list(response.iter_content(4)) == [b"hell", b"o wo", b"rld"]


def test_the_stream_reads_like_a_file(session):
    stream = session.get("/lines/4", stream=True).stream
    assert stream.read(3) == b"lin"
    assert stream.readline() == b"e 0\n"
    assert list(stream) == [b"line 1\n", b"line 2\n", b"line 3\n"]
    assert stream.read() == b""


def test_a_connection_is_used_again_after_its_stream_was_read(session, server):
    server.reset()
    session.get("/lines/3", stream=True).stream.read()
    session.get("/hello")
    assert server.counters()["connections"] == 2  # one of them asks for the counters


def test_a_stream_that_is_given_up_costs_its_connection_only(session, server):
    response = session.get("/big/10000000", stream=True)
    response.stream.read(10)
    response.close()
    assert session.get("/hello").text == "hello world"


def test_a_forgotten_stream_frees_its_place(server):
    with FastHttpSession(server.url, RequestEvent(), None, concurrency=1) as session:
        session.get("/big/10000000", stream=True)
        assert session.get("/hello").text == "hello world"


def test_a_stream_that_breaks_off_says_so(session):
    response = session.get("/close-mid-body", stream=True)
    with pytest.raises(ConnectionLostError):
        response.stream.read()


def test_a_stream_that_stalls_times_out(session):
    response = session.get("/delay-body/5", stream=True, timeout=0.1)
    with pytest.raises(ReadTimeoutError):
        response.stream.read()


def test_a_big_body_can_be_read_without_holding_it(session):
    response = session.get("/big/50000000", stream=True)
    assert sum(len(piece) for piece in response.iter_content(None)) == 50_000_000


def test_a_body_of_100_mb_can_be_held(session):
    assert len(session.get("/big/100000000").content) == 100_000_000


@given(
    st.lists(st.sampled_from(["a", "bc", "\n", "\r\n", "\r", "é"])).map("".join),
    st.lists(st.integers(0, 12)),
)
def test_lines_are_the_same_however_the_pieces_are_cut(text, cuts):
    points = sorted({0, *(min(cut, len(text)) for cut in cuts), len(text)})
    pieces = [text[a:b] for a, b in itertools.pairwise(points)]
    assert list(lines_of(pieces)) == text.splitlines()
    data = [piece.encode() for piece in pieces]
    assert list(lines_of(data)) == b"".join(data).splitlines()


@given(st.lists(st.sampled_from([b"a", b"--", b"-", b"\n"])))
def test_lines_with_an_own_delimiter(pieces):
    expected = b"".join(pieces).split(b"--")
    if not expected[-1]:
        expected.pop()
    assert list(lines_of(pieces, b"--")) == expected


@given(st.binary(max_size=200), st.lists(st.integers(1, 50)))
def test_reading_by_sizes_gives_the_whole_body(body, sizes):
    stream = ResponseStream(body, None)
    parts = [stream.read(size) for size in sizes]
    assert b"".join(parts) + stream.read() == body
