import datetime as dt

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.rpc import (
    MalformedMessageError,
    Message,
    UnsendableMessageError,
    codec,
    decode,
    encode,
)

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False)
PLAIN = st.recursive(
    SCALARS | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(0, 99), inner),
    max_leaves=20,
).filter(lambda data: "__datetime__" not in str(data) and "__ObjectId__" not in str(data))


@given(st.text(), PLAIN, st.none() | st.text())
def test_what_is_encoded_is_decoded_to_the_same(kind, data, node_id):
    assert decode(encode(Message(kind, data, node_id))) == Message(kind, data, node_id)


@given(st.binary(max_size=200))
def test_garbage_is_a_message_or_malformed_and_nothing_else(payload):
    try:
        message = decode(payload)
    except MalformedMessageError:
        return
    assert isinstance(message.type, str)


@given(st.data())
def test_a_message_that_is_cut_off_is_malformed(data):
    payload = encode(Message("stats", {"stats": [1, 2, {"a": "b"}]}, "node"))
    length = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(MalformedMessageError):
        decode(payload[:length])


def test_the_wire_form_is_a_list_of_type_data_and_node_id():
    assert msgpack.unpackb(encode(Message("ack", {"index": 1}, "n"))) == ["ack", {"index": 1}, "n"]


def test_times_travel_as_tagged_maps():
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, 678)  # noqa: DTZ001 - the wire has no zone
    payload = encode(Message("m", moment, None))
    tagged = {"__datetime__": True, "as_str": "20260102T03:04:05.000678"}
    assert msgpack.unpackb(payload)[1] == tagged
    assert decode(payload).data == moment


def test_object_ids_arrive_as_their_text():
    tagged = {"__ObjectId__": True, "as_str": "0123456789abcdef01234567"}
    assert decode(msgpack.packb(["m", tagged, "n"])).data == "0123456789abcdef01234567"


@pytest.mark.parametrize(
    "payload", [["m", None], "m", [1, None, "n"], ["m", None, 3], {"a": 1}], ids=repr
)
def test_msgpack_of_another_shape_is_malformed(payload):
    with pytest.raises(MalformedMessageError):
        decode(msgpack.packb(payload))


def test_a_message_that_is_too_deep_is_malformed():
    one_element_list = b"\x91"
    payload = b"\x93" + msgpack.packb("m") + one_element_list * 5000 + b"\xc0" + b"\xa1n"
    with pytest.raises(MalformedMessageError, match="StackError"):
        decode(payload)


def test_a_message_that_is_too_long_is_neither_sent_nor_taken(monkeypatch):
    payload = encode(Message("m", "x" * 100, "n"))
    monkeypatch.setattr(codec, "MAX_MESSAGE_BYTES", 50)
    with pytest.raises(UnsendableMessageError, match="longer"):
        encode(Message("m", "x" * 100, "n"))
    with pytest.raises(MalformedMessageError):
        decode(payload)


def test_objects_cannot_be_sent():
    with pytest.raises(UnsendableMessageError, match="object is no plain value"):
        encode(Message("m", object(), "n"))
