import subprocess
import sys

import pytest

from swarm.core.env import Environment
from swarm.core.exception import CatchResponseError, ConfigError, RescheduleTask, ResponseError
from swarm.http import FastHttpUser
from swarm.http.transport.error import TransportError


@pytest.fixture
def make_user(server, events):
    users = []

    def make(**attributes):
        environment = Environment()
        environment.events.request.add_listener(lambda **fired: events.append(fired))
        kind = type("MyUser", (FastHttpUser,), {"host": server.url, **attributes})
        users.append(kind(environment))
        return users[-1]

    yield make
    for user in users:
        user.client.close()


def test_the_class_itself_is_abstract_and_subclasses_are_not():
    assert FastHttpUser.abstract
    assert not type("MyUser", (FastHttpUser,), {}).abstract


def test_the_client_sends_to_the_host_and_counts(make_user, events):
    assert make_user().client.get("/hello").text == "hello world"
    assert events[0]["name"] == "/hello"


@pytest.mark.parametrize(
    ("host", "message"), [(None, "no host"), ("example.com", "http://"), ("ftp://x", "http://")]
)
def test_a_host_that_cannot_be_used_is_explained(make_user, host, message):
    with pytest.raises(ConfigError, match=message) as raised:
        make_user(host=host)
    assert "http://" in raised.value.hint


def test_the_documented_attributes_reach_the_client(make_user):
    user = make_user(
        concurrency=3,
        connection_timeout=1.0,
        network_timeout=2.0,
        max_redirects=4,
        max_retries=5,
        proxy_host="127.0.0.1",
        proxy_port=6,
    )
    settings = user.client.client.clientpool.settings
    assert (settings.concurrency, settings.connection_timeout, settings.network_timeout) == (
        3,
        1,
        2,
    )
    assert (user.client.client.max_redirects, user.client.client.max_retries) == (4, 5)
    assert (settings.proxy.host, settings.proxy.port) == ("127.0.0.1", 6)


def test_defaults_are_those_of_the_documentation():
    assert FastHttpUser.concurrency == 10
    assert FastHttpUser.connection_timeout == FastHttpUser.network_timeout == 60.0
    assert (FastHttpUser.max_redirects, FastHttpUser.max_retries) == (30, 0)
    assert FastHttpUser.insecure is True


def test_the_context_factory_may_be_a_function_or_a_method(make_user, server):
    import ssl

    seen = []

    def function():
        seen.append("function")
        return ssl.create_default_context(cafile=server.ca_file)

    def method(self):
        seen.append(type(self).__name__)
        return ssl.create_default_context(cafile=server.ca_file)

    for factory in (function, staticmethod(function), method):
        user = make_user(host=server.tls_url, ssl_context_factory=factory)
        assert user.client.get("/hello").ok
    assert seen == ["function", "function", "MyUser"]


def test_default_headers_are_sent(make_user):
    user = make_user(default_headers={"X-Key": "k"})
    assert ["X-Key", "k"] in user.client.get("/echo").json()["headers"]


def test_users_of_a_class_can_share_connections(make_user, server):
    from geventhttpclient.client import HTTPClientPool

    pool = HTTPClientPool(concurrency=1)
    first, second = make_user(client_pool=pool), make_user(client_pool=pool)
    assert (
        first.client.get("/echo").json()["connection"]
        == second.client.get("/echo").json()["connection"]
    )


def test_rest_parses_json_and_asks_for_it(make_user, events):
    user = make_user()
    with user.rest("POST", "/echo", json={"foo": 1}) as response:
        assert response.js["body"] == '{"foo": 1}'
        fields = {name.lower(): value for name, value in response.js["headers"]}
    assert fields["content-type"] == fields["accept"] == "application/json"
    assert events[0]["exception"] is None


def test_rest_lets_own_header_fields_go_first(make_user):
    with make_user().rest("GET", "/echo", headers={"accept": "a/b"}) as response:
        fields = [v for name, v in response.js["headers"] if name.lower() == "accept"]
    assert fields == ["a/b"]


def test_rest_marks_an_answer_that_is_no_json_as_failed(make_user, events):
    with make_user().rest("GET", "/hello") as response:
        assert response.js is None
    assert isinstance(events[0]["exception"], CatchResponseError)
    assert "JSON" in str(events[0]["exception"])


def test_rest_keeps_the_reason_of_an_error_status(make_user, events):
    with make_user().rest("GET", "/status/500") as response:
        assert response.js is None
    assert isinstance(events[0]["exception"], ResponseError)


@pytest.mark.parametrize(
    "body",
    [b'{"\xff": 1}', b"[" * 200_000, b"9" * 10_000],
    ids=["no UTF-8", "too deep", "too long a number"],
)
def test_rest_marks_json_that_cannot_be_read_as_failed(make_user, events, body):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with make_user().rest("POST", "/raw", data=raw) as response:
        assert response.js is None
    assert isinstance(events[0]["exception"], CatchResponseError)


@pytest.mark.parametrize(
    ("path", "arguments"),
    [("/encoded/gzip-garbage", {}), ("/close-mid-body", {"stream": True})],
)
def test_rest_marks_a_body_that_cannot_be_had_as_failed(make_user, events, path, arguments):
    with make_user().rest("GET", path, **arguments) as response:
        assert response.js is None
    assert isinstance(events[0]["exception"], TransportError)


def test_rest_without_an_answer(make_user, events):
    with make_user(host="http://127.0.0.1:1").rest("GET", "/") as response:
        assert response.js is None
    assert "refused" in str(events[0]["exception"])


@pytest.mark.parametrize("error", [KeyError("missing"), AssertionError("wrong"), AssertionError()])
def test_rest_marks_what_its_block_raises_as_failure(make_user, events, error):
    with make_user().rest("GET", "/echo"):
        raise error
    assert len(events) == 1
    assert events[0]["exception"] is not None


def test_rest_lets_control_flow_pass_without_a_row(make_user, events):
    with pytest.raises(RescheduleTask), make_user().rest("GET", "/echo"):
        raise RescheduleTask
    assert events == []


def test_rest_with_a_timestamp_is_counted_without_it(make_user, events):
    with make_user().rest_("GET", "/echo?a=1") as response:
        assert response.js["target"].startswith("/echo?a=1&_=1")
    with make_user().rest_("GET", "/echo", name="own") as response:
        assert response.js["target"].startswith("/echo?_=1")
    assert [event["name"] for event in events] == ["/echo?a=1", "own"]


def test_importing_it_patches_first_and_leaves_requests_aside():
    code = (
        "import sys\n"
        "from swarm.http import FastHttpUser\n"
        "from gevent import monkey\n"
        "assert monkey.is_module_patched('socket')\n"
        "assert 'requests' not in sys.modules, 'requests'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
