"""Bodies that are read while they come."""

import gc
import time

import pytest
import requests


@pytest.mark.parametrize("path", ["/lines/20", "/big/300000", "/until-close", "/encoded/gzip"])
@pytest.mark.parametrize("size", [1, 7, 512, 100_000])
def test_iter_content_gives_what_requests_gives(session, plain, server, path, size):
    got = list(session.get(path, stream=True).iter_content(size))
    expected = list(plain.get(server.url + path, stream=True).iter_content(size))

    assert b"".join(got) == b"".join(expected)
    if "encoded" not in path:
        assert max(map(len, got)) <= size


def test_iter_lines_gives_the_lines(session):
    lines = list(session.get("/lines/50", stream=True).iter_lines())

    assert lines == [f"line {i}".encode() for i in range(50)]


def test_chunks_are_handed_on_as_they_come(session, server):
    body = (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata\n\r\n"  # and nothing more
    )
    response = session.post("/raw", data=body, stream=True, timeout=5)

    started = time.perf_counter()
    first = next(response.iter_lines(chunk_size=512))

    assert first == b"data"
    assert time.perf_counter() - started < 2
    response.close()


def test_the_time_of_a_streamed_body_is_not_counted(session, events):
    response = session.get("/delay-body/0.1", stream=True)

    assert events[0]["response_time"] < 90
    assert events[0]["response_length"] == 8
    assert response.content == b"halfhalf"


def test_a_small_body_that_came_with_its_head_can_be_streamed_too(session):
    response = session.get("/hello", stream=True)

    assert response.raw.read(5) == b"hello"
    assert response.raw.read() == b" world"
    assert response.raw.read() == b""


def test_raw_is_a_file_that_does_not_decode_unless_told(session):
    encoded = session.get("/encoded/gzip", stream=True).raw
    assert encoded.read(2) == b"\x1f\x8b"

    decoded = session.get("/encoded/gzip", stream=True).raw
    assert decoded.read(decode_content=True) == b"compressed " * 1000
    assert decoded.headers["content-encoding"] == "gzip"
    assert decoded.status == 200


def test_a_body_read_to_its_end_gives_the_connection_back(session, server):
    server.reset()
    for _ in range(3):
        assert len(session.get("/big/200000", stream=True).content) == 200_000

    assert server.counters()["connections"] <= 2  # one of them asks for the counters


def test_a_closed_stream_gives_its_connection_up(session):
    with session.get("/big/50000000", stream=True) as response:
        assert len(next(response.iter_content(1000))) == 1000

    assert session.get("/hello").text == "hello world"


def test_a_with_block_that_catches_the_response_closes_the_stream(session):
    with session.get("/big/50000000", stream=True, catch_response=True) as response:
        response.success()

    assert response.raw.closed


def test_a_forgotten_stream_leaks_nothing(session):
    session.get("/big/50000000", stream=True)
    gc.collect()

    assert session.get("/hello").text == "hello world"


@pytest.mark.parametrize("path", ["/close-mid-body", "/close-mid-chunk", "/reset"])
def test_a_body_cut_short_raises_when_it_is_read(session, plain, server, path):
    with pytest.raises(requests.RequestException) as expected:
        _ = plain.get(server.url + path, stream=True).content
    response = session.get(path, stream=True)

    with pytest.raises(expected.type):
        _ = response.content


def test_a_caught_body_cut_short_is_a_failure(session, events):
    with (
        pytest.raises(requests.exceptions.ChunkedEncodingError),
        session.get("/close-mid-body", stream=True, catch_response=True) as response,
    ):
        _ = response.content

    assert isinstance(events[0]["exception"], requests.exceptions.ChunkedEncodingError)


def test_a_timeout_within_a_streamed_body_raises_when_it_is_read(session, plain, server):
    with pytest.raises(requests.RequestException) as expected:
        _ = plain.get(f"{server.url}/delay-body/2", stream=True, timeout=0.05).content
    response = session.get("/delay-body/2", stream=True, timeout=0.05)

    with pytest.raises(expected.type):
        _ = response.content


def test_garbage_instead_of_gzip_raises_when_it_is_read(session):
    response = session.get("/encoded/gzip-garbage", stream=True)

    with pytest.raises(requests.exceptions.ContentDecodingError):
        _ = response.content


@pytest.mark.parametrize("stream", [True, False])
def test_chunks_that_break_the_rules_raise_when_they_are_read(session, stream):
    answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno number\r\n"
    response = session.post("/raw", data=answer, stream=stream, timeout=5)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        _ = response.content or response.raise_for_status()


def test_a_chunked_body_can_be_read_like_a_file(session):
    raw = session.get("/chunked", stream=True).raw

    assert raw.read(6) == b"hello "
    assert raw.read1(3) == b"chu"
    assert raw.read() == b"nked world"


def test_text_is_decoded_while_it_comes(session):
    response = session.get("/hello", stream=True)

    assert "".join(response.iter_content(3, decode_unicode=True)) == "hello world"


def test_a_large_body_arrives_whole(session):
    assert len(session.get("/big/100000000").content) == 100_000_000
