"""What HttpSession adds to requests.Session, and what of requests it must not break."""

import contextlib
import copy
import gc
import http.client
import logging
import pickle
import time
import weakref

import gevent
import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import PoolManager

from swarm.core.event import RequestEvent
from swarm.core.exception import CatchResponseError, ResponseError
from swarm.http import FastHttpSession, HttpSession, ResponseContextManager
from swarm.http.session import CaughtResponse
from swarm.http.transport.error import TransportError
from swarm.http.transport.pool import OriginPool


def rows(events):
    return [(event["request_type"], event["name"]) for event in events]


def test_it_is_a_requests_session_that_returns_requests_responses(session):
    response = session.get("/hello")

    assert isinstance(session, requests.Session)
    assert isinstance(response, requests.Response)
    assert isinstance(response.request, requests.PreparedRequest)
    assert isinstance(response.cookies, requests.cookies.RequestsCookieJar)


@pytest.mark.parametrize("way", ["short", "long"])
def test_the_length_that_is_counted_is_that_on_the_wire(session, events, way):
    if way == "long":
        session.hooks["response"].append(lambda response, **_: response)
    response = session.get("/encoded/gzip")

    assert len(response.content) > 1000
    assert events[0]["response_length"] == int(response.headers["content-length"]) < 1000


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete", "options", "head"])
def test_every_verb_is_counted_under_its_method_and_path(session, events, verb):
    response = getattr(session, verb)("/echo?a=1")

    assert response.status_code == 200
    assert rows(events) == [(verb.upper(), "/echo?a=1")]


def test_the_event_tells_all_about_the_request(session, events, server):
    before = time.time()
    response = session.get("/hello", context={"a": 1})

    [event] = events
    assert event["response"] is response
    assert event["response_length"] == 11
    assert event["exception"] is None
    assert event["context"] == {"a": 1}
    assert event["url"] == f"{server.url}/hello"
    assert before <= event["start_time"] <= time.time()
    assert 0 < event["response_time"] < 5000


def test_redirects_are_one_row_under_the_first_address(session, events, server):
    response = session.get("/redirect/3")

    assert len(response.history) == 3
    assert rows(events) == [("GET", "/redirect/3")]
    assert events[0]["url"] == f"{server.url}/redirect/3"


def test_digest_authentication_is_one_row(session, events):
    auth = requests.auth.HTTPDigestAuth("alice", "open sesame")

    assert session.get("/digest", auth=auth).text == "welcome"
    assert rows(events) == [("GET", "/digest")]


def test_an_error_status_is_a_failure_and_no_exception(session, events):
    response = session.get("/status/500")

    assert response.status_code == 500
    assert isinstance(events[0]["exception"], requests.HTTPError)


def test_failures_of_one_row_have_one_text_whatever_the_address(session, events):
    for number in (1, 2):
        session.get(f"/status/404?id={number}", name="/status?id=[id]")

    texts = {str(event["exception"]) for event in events}
    assert texts == {"404 Client Error: Told So for url: /status?id=[id]"}


def test_a_request_without_an_answer_is_a_failure_and_no_exception(session, events):
    response = session.get("http://127.0.0.1:1/x", name="nobody")

    assert response.status_code == 0
    assert response.content is None
    assert response.text == ""
    assert not response
    assert rows(events) == [("GET", "nobody")]
    assert isinstance(events[0]["exception"], requests.ConnectionError)
    assert response.request.url == "http://127.0.0.1:1/x"
    assert "refused" in str(events[0]["exception"])


def test_name_request_name_and_rename_request_name_the_row(session, events):
    session.get("/hello", name="own")
    session.request_name = "set"
    session.get("/hello")
    session.request_name = None
    with session.rename_request("renamed"):
        session.get("/hello")
    session.get("/hello")

    assert [name for _, name in rows(events)] == ["own", "set", "renamed", "/hello"]


def test_a_with_block_may_call_a_good_answer_a_failure(session, events):
    with session.get("/hello", catch_response=True) as response:
        assert isinstance(response, ResponseContextManager)
        assert isinstance(response, requests.Response)
        response.failure("wrong")
        assert events == []

    assert isinstance(events[0]["exception"], CatchResponseError)
    assert events[0]["response"] is response
    with pytest.raises(CatchResponseError, match="wrong"):
        response.raise_for_status()


@pytest.mark.parametrize("url", ["/status/404", "http://127.0.0.1:1/"])
def test_a_with_block_may_call_a_bad_answer_a_success(session, events, url):
    with session.get(url, catch_response=True) as response:
        response.success()

    assert events[0]["exception"] is None
    assert not response.ok
    response.raise_for_status()


def test_a_with_block_may_rename_the_row_and_add_to_its_context(session, events):
    with session.get("/hello", catch_response=True) as response:
        response.request_meta["name"] = response.text
        response.request_meta["context"]["id"] = 1

    assert rows(events) == [("GET", "hello world")]
    assert events[0]["context"] == {"id": 1}


def test_a_with_block_left_by_an_exception_leaves_no_row(session, events):
    with pytest.raises(KeyError), session.get("/hello", catch_response=True):
        raise KeyError

    assert events == []


def test_a_streamed_response_can_be_caught_too(session, events):
    with session.get("/hello", catch_response=True, stream=True) as response:
        if response.text != "hello world":
            response.failure("wrong")

    assert events[0]["exception"] is None


def test_a_prepared_request_can_be_sent_and_is_counted(session, events, server):
    prepared = session.prepare_request(requests.Request("GET", f"{server.url}/redirect/1"))
    response = session.send(prepared, timeout=5)

    assert response.text == "hello world"
    assert rows(events) == [("GET", "/redirect/1")]


def test_a_prepared_request_that_gets_no_answer_is_counted(session, events):
    prepared = session.prepare_request(requests.Request("GET", "http://127.0.0.1:1/"))

    assert session.send(prepared).status_code == 0
    assert isinstance(events[0]["exception"], requests.ConnectionError)


def test_hooks_see_the_response_and_may_replace_it(session):
    seen = []
    session.hooks["response"].append(lambda response, **kwargs: seen.append(response.text))
    other = requests.Response()
    other.status_code, other._content = 299, b"other"

    replaced = session.get("/hello", hooks={"response": lambda *_, **__: other})
    session.get("/hello")

    assert replaced is other
    assert seen == ["hello world"]


def test_a_hook_may_send_a_request_of_its_own_which_is_counted(session, events):
    def hook(response, **kwargs):
        if response.request.path_url == "/hello":
            session.get("/echo")

    session.get("/hello", hooks={"response": hook})

    assert rows(events) == [("GET", "/echo"), ("GET", "/hello")]


class Canned(BaseAdapter):
    """An adapter that needs no server."""

    class Reply(requests.Response):
        pass

    def send(self, request, **kwargs):
        reply = self.Reply()
        reply.status_code, reply._content, reply.url = 200, b"canned", request.url
        reply._content_consumed = True
        reply.request = request
        return reply

    def close(self):
        pass


def test_an_adapter_of_ones_own_is_honoured(session, events):
    session.mount("http://canned/", Canned())

    assert session.get("http://canned/x").text == "canned"
    assert session.get("/hello").text == "hello world"
    with session.get("http://canned/x", catch_response=True) as response:
        assert isinstance(response, Canned.Reply)
        assert isinstance(response, ResponseContextManager)
    assert len(events) == 3


def test_requests_own_adapter_can_be_mounted(session):
    session.mount("http://", HTTPAdapter(max_retries=1))

    assert session.get("/hello").connection is session.adapters["http://"]


def test_a_pool_manager_is_used_and_shared_and_survives_close(server, request_event):
    pool = PoolManager(maxsize=1, block=True)
    server.reset()
    for _ in range(3):
        with HttpSession(server.url, request_event, None, pool_manager=pool) as session:
            assert session.get("/hello").text == "hello world"

    assert server.counters()["connections"] == 2  # the other asks for the counters
    assert len(pool.pools) == 1
    pool.clear()


def test_a_pool_manager_goes_through_proxies_too(server, request_event):
    pool = PoolManager()
    server.reset()
    proxies = {"http": f"http://127.0.0.1:{server.proxy_port}"}
    with HttpSession(server.url, request_event, None, pool_manager=pool) as session:
        assert session.get("/hello", proxies=proxies).text == "hello world"

    assert server.counters()["proxied"] == 1
    pool.clear()


def test_an_attribute_that_sessions_do_not_have_is_an_error(session):
    with pytest.raises(AttributeError, match="'HttpSession' object has no attribute 'cookie'"):
        _ = session.cookie
    with pytest.raises(AttributeError, match="has no attribute 'body'"):
        _ = session.get("/hello").body


def test_a_subclass_that_replaces_a_step_gets_its_way(server, request_event):
    class Stamped(HttpSession):
        def prepare_request(self, request):
            prepared = super().prepare_request(request)
            prepared.headers["X-Stamp"] = "yes"
            return prepared

    with Stamped(server.url, request_event, None) as session:
        assert ["X-Stamp", "yes"] in session.get("/echo").json()["headers"]


def test_a_package_that_patches_requests_gets_its_way(session, monkeypatch):
    monkeypatch.setattr(requests.Session, "get_adapter", lambda *_, **__: Canned())

    assert session.get("/hello").text == "canned"


def test_settings_may_change_between_requests(session):
    def sent():
        return dict(session.get("/echo").json()["headers"])

    assert "X-A" not in sent()
    session.headers["X-A"] = "1"
    assert sent()["X-A"] == "1"
    session.headers["X-A"] = "2"
    assert sent()["X-A"] == "2"
    del session.headers["X-A"]
    assert "X-A" not in sent()
    session.auth = ("a", "b")
    assert sent()["Authorization"].startswith("Basic ")
    session.auth = None
    assert "Authorization" not in sent()


def test_the_base_host_may_change_between_requests(session, server):
    session.get("/hello")
    session.base_url = f"{server.url}/echo"

    assert session.get("/x").json()["target"] == "/echo/x"


def test_cookies_may_change_in_any_way_between_requests(session):
    session.get("/set-cookies?c=a=1; Path=/")
    assert session.get("/cookies").text == "a=1"
    session.cookies["b"] = "2"
    assert session.get("/cookies").text == "a=1; b=2"
    for cookie in session.cookies:
        cookie.value += "0"
    assert session.get("/cookies").text == "a=10; b=20"
    del session.cookies["a"]
    assert session.get("/cookies").text == "b=20"
    session.cookies.clear()
    assert session.get("/cookies").text == ""


def test_a_cookie_is_not_sent_when_it_has_expired(session):
    session.cookies.set("a", "1", domain="127.0.0.1", path="/", expires=int(time.time()) + 2)
    assert session.get("/cookies").text == "a=1"

    with gevent.Timeout(5):
        while session.get("/cookies").text:
            time.sleep(0.1)


def test_changing_a_request_or_response_does_not_change_the_next(session):
    first = session.get("/hello")
    first.request.headers["X-A"] = "1"
    first.headers["X-B"] = "1"
    first.history.append(first)

    second = session.get("/echo")

    assert "X-A" not in second.request.headers
    assert "X-A" not in dict(second.json()["headers"])
    assert "X-B" not in second.headers
    assert second.history == []


def test_the_environment_is_ignored_unless_it_is_trusted(session, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert "Authorization" not in dict(session.get("/echo").json()["headers"])

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    session.trust_env = True
    assert "Authorization" in dict(session.get("/echo").json()["headers"])
    monkeypatch.delenv("NO_PROXY")
    assert isinstance(session.get("/echo").error, requests.exceptions.ProxyError)


def test_proxies_are_honoured(session, server):
    server.reset()
    proxies = {"http": f"http://127.0.0.1:{server.proxy_port}"}

    assert session.get("/hello", proxies=proxies).text == "hello world"
    session.proxies = proxies
    assert session.get("/hello").text == "hello world"
    assert server.counters()["proxied"] == 2


def test_a_proxy_with_credentials_is_honoured(session, server):
    address = f"127.0.0.1:{server.auth_proxy_port}"

    assert session.get("/hello", proxies={"http": f"http://{address}"}).status_code == 407
    proxies = {"http": f"http://alice:open%20sesame@{address}"}
    assert session.get("/hello", proxies=proxies).text == "hello world"


def test_files_are_uploaded_as_multipart(session):
    seen = session.post(
        "/echo",
        data={"kind": "text"},
        files={"file": ("a.txt", b"content", "text/plain"), "other": b"raw"},
    ).json()

    assert dict(seen["headers"])["Content-Type"].startswith("multipart/form-data; boundary=")
    assert 'name="file"; filename="a.txt"' in seen["body"]
    assert "content" in seen["body"]


def test_connections_are_reused_until_close(session, server):
    numbers = [session.get("/echo").json()["connection"] for _ in range(3)]
    assert len(set(numbers)) == 1

    session.close()
    assert session.get("/echo").json()["connection"] not in numbers


def test_connection_close_ends_the_connection(session):
    first = session.get("/echo", headers={"Connection": "close"}).json()["connection"]

    assert session.get("/echo").json()["connection"] != first


def test_a_connection_that_the_server_closed_is_replaced(session):
    for _ in range(5):
        session.get("/close-silently")
        assert session.get("/hello").text == "hello world"


def test_a_head_that_breaks_off_is_a_failure(session):
    assert isinstance(session.get("/close-mid-head").error, requests.ConnectionError)


def test_interim_answers_are_passed_over(session):
    assert session.get("/interim").text == "final"


def test_elapsed_is_the_time_until_the_head_came(session):
    assert 0.1 <= session.get("/delay/0.1").elapsed.total_seconds() < 5
    assert session.get("/delay-body/0.2").elapsed.total_seconds() < 0.2


def test_raw_is_there_after_the_body_was_read(session):
    raw = session.get("/hello").raw

    assert raw.status == 200
    assert raw.headers["Content-Type"] == "text/plain"
    assert raw.read() == b""
    assert raw._original_response.msg.get_all("Content-Type") == ["text/plain"]


def test_a_response_can_be_pickled_and_copied(session):
    response = session.get("/set-cookies?c=a=1")
    for twin in (pickle.loads(pickle.dumps(response)), copy.deepcopy(response)):
        assert twin.text == "set"
        assert twin.headers == response.headers
        assert twin.cookies == {"a": "1"} or twin.cookies.get_dict() == {"a": "1"}
        assert twin.request.url == response.request.url
        assert twin.request.headers == response.request.headers
        assert twin.elapsed == response.elapsed


def test_a_prepared_request_can_be_copied(session):
    request = session.get("/echo").request

    assert session.send(request.copy()).json()["target"] == "/echo"


def test_greenlets_may_share_a_session(session, events):
    def visit(i):
        return session.get(f"/delay/0.1?{i}").text

    started = time.perf_counter()
    jobs = [gevent.spawn(visit, i) for i in range(20)]
    gevent.joinall(jobs, timeout=10)

    assert [job.value for job in jobs] == ["late"] * 20
    assert time.perf_counter() - started < 1.5
    assert len(events) == 20


def pools():
    return sum(isinstance(each, OriginPool) for each in gc.get_objects())


@pytest.mark.parametrize("url", ["/hello", "/status/404", "/redirect-loop", "http://127.0.0.1:1/"])
@pytest.mark.parametrize("caught", [True, False])
@pytest.mark.parametrize("kind", [HttpSession, FastHttpSession])
def test_a_session_is_gone_the_moment_nobody_uses_it(server, kind, url, caught):
    gc.collect()
    before = pools()
    session = kind(server.url, RequestEvent(), None)
    gc.disable()
    try:
        for _ in range(2):
            response = session.get(url, catch_response=caught)
            if caught:
                with response:
                    pass
            with contextlib.suppress(requests.RequestException, ResponseError, TransportError):
                response.raise_for_status()
        gone = weakref.ref(session)
        del session, response
        assert gone() is None
        assert pools() == before
    finally:
        gc.enable()


def test_the_error_of_a_caught_response_knows_its_response(session, events):
    with (
        pytest.raises(requests.HTTPError) as raised,
        session.get("/status/404", catch_response=True) as response,
    ):
        response.raise_for_status()

    assert raised.value.response is response
    assert events[-1]["exception"].response is response
    assert str(events[-1]["exception"]) == str(raised.value)


def test_debuglevel_prints_what_goes_over_the_wire(session, capsys, monkeypatch):
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    monkeypatch.setattr(logging.getLogger("urllib3"), "level", logging.DEBUG)

    session.get("/hello")

    printed = capsys.readouterr().out
    assert "GET /hello HTTP/1.1" in printed
    assert "Content-Type: text/plain" in printed


def test_a_users_context_is_part_of_every_event(server, request_event, events):
    class Somebody:
        def context(self):
            return {"user": "somebody"}

    somebody = Somebody()
    with HttpSession(server.url, request_event, somebody) as session:
        session.get("/hello", context={"a": 1})

    assert events[0]["context"] == {"user": "somebody", "a": 1}


def test_no_argument_is_changed(session):
    headers, params, data = {"X-A": "1"}, {"a": 1}, {"b": 2}
    session.post("/echo", headers=headers, params=params, data=data)

    assert (headers, params, data) == ({"X-A": "1"}, {"a": 1}, {"b": 2})


def test_a_session_can_be_pickled_without_its_connections(session):
    session.headers["X-A"] = "1"
    session.get("/set-cookies?c=a=1")

    state = session.__getstate__()

    assert state["headers"]["X-A"] == "1"
    assert pickle.loads(pickle.dumps(state))["cookies"].get_dict() == {"a": "1"}
    restored = pickle.loads(pickle.dumps(session))
    assert restored.get("/cookies").text == "a=1"
    restored.close()


def test_a_copy_of_a_session_is_counted_like_the_session(session, events):
    made = copy.copy(session)
    made.request_name = "copied"

    made.get("/set-cookies?c=a=1")
    session.get("/cookies")

    assert made.cookies.get_dict() == {"a": "1"}
    assert rows(events) == [("GET", "copied"), ("GET", "/cookies")]


def test_a_host_name_that_is_none_is_a_failure_without_a_traceback(session, events, capfd):
    response = session.get(f"http://{'a' * 64}.invalid/")

    assert "host name" in str(response.error)
    assert events[-1]["exception"] is response.error
    assert capfd.readouterr().err == ""


SHORT = {
    "get": lambda s: s.get("/echo"),
    "params": lambda s: s.get("/echo", params={"a": 1}),
    "headers": lambda s: s.get("/echo", headers={"X-A": "1", "Host": "example.com"}),
    "a token": lambda s: s.get("/echo", headers={"Authorization": "Bearer x"}),
    "json": lambda s: s.post("/echo", json={"a": 1}),
    "a form": lambda s: s.post("/echo", data={"a": 1}),
    "bytes": lambda s: s.put("/echo", data=b"x" * 100_000),
    "basic auth": lambda s: s.get("/echo", auth=("a", "b")),
    "cookies": lambda s: (s.get("/set-cookies?c=a=1"), s.get("/echo"))[1],
    "a timeout": lambda s: s.get("/echo", timeout=(5, 5)),
    "a stream": lambda s: s.get("/echo", stream=True),
    "a caught response": lambda s: s.get("/echo", catch_response=True),
    "another host": lambda s: s.get(s.base_url.replace("127.0.0.1", "localhost") + "/echo"),
}


@pytest.mark.parametrize("name", SHORT)
def test_ordinary_requests_take_the_short_way(session, monkeypatch, name):
    def complain(*_):
        raise AssertionError("the long way")

    monkeypatch.setattr(session, "prepare_request", complain)

    assert SHORT[name](session).status_code == 200


def test_an_answer_that_comes_before_the_body_is_sent_is_read(session):
    response = session.post("/expect-reject", data=b"x" * 20_000_000)

    assert response.status_code == 413


def test_errors_of_the_long_way_name_no_cause_of_ours(session):
    error = session.get("http://127.0.0.1:1/", cookies={"a": "1"}, proxies={"a": "b"}).error

    assert error.__context__ is None or "Odd" not in type(error.__context__).__name__


def test_a_response_says_which_class_it_is(session):
    with session.get("/hello", catch_response=True) as response:
        assert isinstance(response, CaughtResponse)
        assert repr(response) == "<Response [200]>"
