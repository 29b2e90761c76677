import contextlib
import gzip
import itertools
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from swarm.http.transport.decode import accepted_encodings, decode, decoded
from swarm.http.transport.error import BodyDecodeError

ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
any_encoding = st.sampled_from(sorted(ENCODERS))


@given(any_encoding, st.binary(max_size=500), st.lists(st.integers(0, 600), max_size=5))
def test_pieces_give_the_whole(name, body, cuts):
    data = ENCODERS[name](body)
    points = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    pieces = [data[a:b] for a, b in itertools.pairwise(points)]
    assert b"".join(decoded(pieces, name)) == body
    assert decode(data, name) == body


@given(st.lists(any_encoding, max_size=3), st.binary(max_size=200))
def test_several_encodings_are_undone_in_turn(names, body):
    data = body
    for name in names:
        data = ENCODERS[name](data)
    assert decode(data, ", ".join(names) or None) == body


@given(any_encoding, st.binary(min_size=1, max_size=300))
def test_a_body_that_is_cut_short_is_an_error(name, body):
    with pytest.raises(BodyDecodeError):
        decode(ENCODERS[name](body)[:-1], name)


@given(any_encoding, st.binary(min_size=1, max_size=100))
def test_garbage_gives_an_error_or_bytes(name, garbage):
    with contextlib.suppress(BodyDecodeError):
        assert isinstance(decode(garbage, name), bytes)


def test_members_and_frames_one_after_the_other():
    assert decode(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip") == b"ab"
    assert decode(zstandard.compress(b"a") + zstandard.compress(b"b"), "zstd") == b"ab"


def test_deflate_without_its_header():
    assert decode(zlib.compress(b"abc")[2:-4], "deflate") == b"abc"


def test_identity_and_nothing():
    assert decode(b"abc", None) == decode(b"abc", "identity") == b"abc"
    assert decode(b"", "gzip") == b""


def test_unknown_encodings_are_named():
    with pytest.raises(BodyDecodeError, match="rot13"):
        decode(b"abc", "rot13")


def test_what_is_accepted_can_be_decoded():
    for name in accepted_encodings().split(", "):
        assert decode(ENCODERS[name](b"abc"), name) == b"abc"
