import time

import pytest

from swarm.core.exception import CatchResponseError
from swarm.core.stats.grouping import error_key, error_text, shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user 17 not found", "user 4711 not found"),
        ("took 0.512 s", "took 13.001 s"),
        ("took 404 ms", "took 12 ms"),
        ("<Foo object at 0x7f00aa12>", "<Foo object at 0x7f99bb34>"),
        (
            "order 123e4567-e89b-12d3-a456-426614174000 gone",
            "order 00000000-ffff-12d3-a456-426614174999 gone",
        ),
        ("digest 9e107d9d372bb6826bd81d3542a419d6", "digest e4d909c290d0fb1ca068ffaddf22cbd0"),
        ("no key 'cart-17-a'", "no key 'cart-8812-zz'"),
        ('no key "u1"', 'no key "u22"'),
        ("token sess_8fK29xLq01Zz is invalid", "token sess_Qw7712mmPo9x is invalid"),
        ("connect to 10.0.0.1:8080 failed", "connect to 192.168.17.3:9090 failed"),
        ("at -3", "at 12"),
        ("user 404 not found", "user 17 not found"),
    ],
)
def test_texts_that_differ_in_numbers_and_ids_are_one_kind(one, other):
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPError: 404 Client Error", "HTTPError: 500 Server Error"),
        ("status 502", "status 503"),
        ("BadStatusCode: 400", "BadStatusCode: 401"),
        ("expected 200, got 302", "expected 200, got 404"),
        ("HTTP/1.1 500 Internal Server Error", "HTTP/1.1 503 Service Unavailable"),
        ("status_code=429", "status_code=500"),
        ("[Errno 111] refused", "[Errno 104] refused"),
        ("timed out", "connection refused"),
        ("unexpected status '404'", "unexpected status '500'"),
    ],
)
def test_texts_that_say_something_else_stay_apart(one, other):
    assert shape(one) != shape(other)


def test_the_key_is_the_same_in_every_process():
    assert error_key("GET", "/a", "user 1") == error_key("GET", "/a", "user 2")
    assert error_key("GET", "/a", "user 3") == "2e02f4cc00698c9ce1e75cc7bfc0d0bf"
    assert error_key("GET", "/a", "x") != error_key("GET", "/b", "x")
    assert error_key("GET", "\udc80", "x") != error_key("GET", "?", "x")


class UnprintableError(Exception):
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("as it is", "as it is"),
        (ValueError("no"), "ValueError: no"),
        (
            ConnectionResetError(104, "Connection reset"),
            "ConnectionResetError: [Errno 104] Connection reset",
        ),
        (TimeoutError(), "TimeoutError"),
        (CatchResponseError("wrong answer"), "wrong answer"),
        (CatchResponseError(), "CatchResponseError"),
        (UnprintableError(), "UnprintableError"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        (17, "17"),
    ],
)
def test_an_error_becomes_one_readable_line(error, text):
    assert error_text(error) == text


def test_a_long_text_is_cut():
    assert len(error_text("x" * 10_000_000)) < 1_000


@pytest.mark.parametrize(
    "text", ["a1" * 250, "'" * 500, "a-1_" * 125, "1." * 250, "0x" * 250, "'1" * 250]
)
def test_no_text_makes_the_grouping_slow(text):
    started = time.perf_counter()
    for _ in range(10):
        shape(text)
    assert time.perf_counter() - started < 0.5
