import contextlib
import socket

import gevent
import pytest
import zmq
import zmq.green

from support.wait import until
from swarm.core.exception import RunnerError
from swarm.core.rpc import Client, RefusedError, Security, Server, fetch_test_files, new_node_id

SECRET = Security.from_secret("correct horse")
OTHER = Security.from_secret("battery staple")
NONE = Security.insecure()


@pytest.fixture
def opened():
    """Returns a function that closes at the end of the test what it is given."""
    links = []

    def note(link):
        links.append(link)
        return link

    yield note
    for link in links[::-1]:
        link.close()


@pytest.mark.parametrize("security", [SECRET, NONE], ids=["secret", "insecure"])
def test_messages_go_both_ways(opened, security):
    server = opened(Server("127.0.0.1", 0, security))
    client = opened(Client("127.0.0.1", server.port, "worker", security))
    client.send("question", {1: "a"})
    with gevent.Timeout(5):
        question = server.recv()
        assert (question.type, question.data, question.node_id) == ("question", {1: "a"}, "worker")
        assert server.send("answer", [2.5], "worker")
        assert client.recv().data == [2.5]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(SECRET, OTHER), (SECRET, NONE), (NONE, SECRET)], ids=["other", "no", "a"]
)
def test_who_has_another_secret_is_refused_and_told_so(opened, caplog, ours, theirs):
    server = opened(Server("127.0.0.1", 0, ours))
    client = opened(Client("127.0.0.1", server.port, new_node_id(), theirs))
    client.send("client_ready", "1")
    with pytest.raises(RefusedError, match="does not let this worker in"):
        client.refused.get(timeout=10)
    until(lambda: server.refused)
    assert "A connection was refused (1 so far)" in caplog.text


def test_who_knows_only_the_coordinators_public_key_is_refused(opened):
    server = opened(Server("127.0.0.1", 0, SECRET))
    stranger = Security("", SECRET.server_keys, zmq.curve_keypair())
    client = opened(Client("127.0.0.1", server.port, new_node_id(), stranger))
    client.send("client_ready", "1")
    with pytest.raises(RefusedError):
        client.refused.get(timeout=10)


def test_what_is_no_message_is_dropped_and_counted(opened):
    server = opened(Server("127.0.0.1", 0, NONE))
    reader = gevent.spawn(server.recv)
    with zmq.green.Context() as context, context.socket(zmq.DEALER) as stranger:
        stranger.linger = 0
        stranger.identity = b"stranger"
        stranger.connect(f"tcp://127.0.0.1:{server.port}")
        stranger.send(b"garbage")
        stranger.send_multipart([b"too", b"many"])
        until(lambda: server.dropped == 2)
    assert not reader.ready()
    reader.kill()


def test_bytes_of_another_protocol_do_no_harm(opened):
    server = opened(Server("127.0.0.1", 0, SECRET))
    with socket.create_connection(("127.0.0.1", server.port)) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 10)
        stranger.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            while stranger.recv(1000):
                pass  # until it hangs up
    client = opened(Client("127.0.0.1", server.port, "worker", SECRET))
    client.send("hello")
    with gevent.Timeout(5):
        assert server.recv().type == "hello"


def test_a_frame_that_is_too_long_is_not_taken(opened):
    server = opened(Server("127.0.0.1", 0, NONE))
    client = opened(Client("127.0.0.1", server.port, "worker", NONE))
    with zmq.green.Context() as context, context.socket(zmq.DEALER) as stranger:
        stranger.linger = 0
        stranger.connect(f"tcp://127.0.0.1:{server.port}")
        stranger.send(bytes(100 * 2**20), copy=False)
        client.send("hello")
        with gevent.Timeout(10):
            assert server.recv().node_id == "worker"


def test_a_message_to_a_node_that_is_not_there_is_not_on_its_way(opened):
    server = opened(Server("127.0.0.1", 0, NONE))
    assert server.send("hello", None, "nobody") is False


def test_a_port_that_is_taken_is_named(opened):
    server = opened(Server("127.0.0.1", 0, NONE))
    with pytest.raises(RunnerError, match=f"Cannot listen for workers at 127.0.0.1:{server.port}"):
        Server("127.0.0.1", server.port, NONE)


def test_a_client_connects_again_when_the_coordinator_is_back(opened):
    server = Server("127.0.0.1", 0, SECRET)
    client = opened(Client("127.0.0.1", server.port, "worker", SECRET))
    client.send("first")
    with gevent.Timeout(10):
        assert server.recv().type == "first"
        server.close()
        server = opened(Server("127.0.0.1", server.port, SECRET))
        client.send("second")
        assert server.recv().type == "second"


def test_what_is_closed_sends_nothing(opened):
    client = opened(Client("127.0.0.1", 9, "worker", NONE))
    client.close()
    assert client.send("hello") is False


def serve_once(server, data):
    message = server.recv()
    server.send("locustfile", data, message.node_id)


def test_test_files_are_fetched_from_the_coordinator(opened):
    server = opened(Server("127.0.0.1", 0, SECRET))
    files = [{"filename": "a.py", "contents": "x = 1"}, "https://example.org/b.py"]
    gevent.spawn(serve_once, server, {"locustfiles": files})
    assert fetch_test_files("127.0.0.1", server.port, SECRET, timeout=5) == files


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"error": "it hands none out"}, "sent no test files: it hands none out"),
        ({"locustfiles": [{"filename": 1}]}, "malformed"),
        (None, "malformed"),
    ],
)
def test_an_answer_without_test_files_is_an_error(opened, answer, complaint):
    server = opened(Server("127.0.0.1", 0, NONE))
    gevent.spawn(serve_once, server, answer)
    with pytest.raises(RunnerError, match=complaint):
        fetch_test_files("127.0.0.1", server.port, NONE, timeout=5)


def test_fetching_from_nobody_ends_in_time():
    with pytest.raises(RunnerError, match="did not send its test files within"):
        fetch_test_files("127.0.0.1", 9, NONE, timeout=0.1)


def test_test_files_are_not_handed_to_strangers(opened):
    server = opened(Server("127.0.0.1", 0, SECRET))
    reader = gevent.spawn(server.recv)
    with pytest.raises(RefusedError):
        fetch_test_files("127.0.0.1", server.port, OTHER, timeout=10)
    assert not reader.ready()
    reader.kill()
