import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.http.transport.error import InvalidRequestError
from swarm.http.transport.request import Headers, check_method, format_fields


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_field_can_smuggle_in_another_line(name, value):
    try:
        text = format_fields(((name, value),))
    except InvalidRequestError:
        return
    assert text.count("\r\n") == 1
    assert text.endswith("\r\n")
    assert "\n" not in text[:-2]
    text.encode("latin-1")


def test_values_may_be_bytes_numbers_and_any_script():
    assert format_fields((("A", b"\xff"),)) == "A: \xff\r\n"
    assert format_fields((("A", 5),)) == "A: 5\r\n"
    assert format_fields((("A", "→"),)).encode("latin-1") == "A: →\r\n".encode()


@pytest.mark.parametrize("method", ["", "G T", "GET\r\n", "GÉT"])
def test_what_is_no_method(method):
    with pytest.raises(InvalidRequestError):
        check_method(method)


def test_methods_are_in_capitals():
    assert check_method("purge") == "PURGE"


def test_headers_are_a_mapping_by_name_in_any_case():
    headers = Headers({"User-Agent": "a"})
    headers["user-agent"] = "b"
    headers["X"] = "1"
    assert dict(headers) == {"user-agent": "b", "X": "1"}
    assert (headers["USER-AGENT"], "x" in headers, len(headers)) == ("b", True, 2)
    del headers["x"]
    assert repr(headers) == "Headers({'user-agent': 'b'})"
    with pytest.raises(KeyError):
        headers["x"]


def test_the_block_is_written_anew_after_a_change_only():
    headers = Headers({"A": "1"})
    host = "Host: x\r\n"
    first = headers.block(host)
    assert first == "Host: x\r\nA: 1\r\n"
    assert headers.block(host) is first
    headers["B"] = "2"
    assert headers.block(host) == "Host: x\r\nA: 1\r\nB: 2\r\n"
    assert headers.block("Host: y\r\n") == "Host: y\r\nA: 1\r\nB: 2\r\n"


def test_merging_leaves_the_original_alone():
    headers = Headers({"A": "1", "B": "2"})
    assert dict(headers.merged({"a": "3", "B": None, "C": "4"})) == {"a": "3", "C": "4"}
    assert dict(headers) == {"A": "1", "B": "2"}


def test_variants_are_kept_until_the_original_changes():
    headers = Headers({"A": "1"})
    first = headers.variant({"B": "2"})
    assert dict(first) == {"A": "1", "B": "2"}
    assert headers.variant({"B": "2"}) is first
    assert dict(headers.variant({"B": 1})) == {"A": "1", "B": "1"}
    assert dict(headers.variant({"B": True})) == {"A": "1", "B": "True"}
    headers["A"] = "3"
    assert dict(headers.variant({"B": "2"})) == {"A": "3", "B": "2"}


def test_variants_that_differ_each_time_are_not_hoarded():
    headers = Headers()
    for number in range(1000):
        headers.variant({"X": str(number)})
    assert len(headers._variants) <= 64
