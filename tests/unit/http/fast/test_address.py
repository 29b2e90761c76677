"""Where requests go, and the names they are counted under."""

import pytest

from swarm.core import User
from swarm.core.event import EventHook
from swarm.http import FastHttpSession


@pytest.mark.parametrize(
    ("base", "path", "arrives"),
    [
        ("", "/echo", "/echo"),
        ("/", "/echo", "/echo"),
        ("/echo", "/sub", "/echo/sub"),
        ("/echo/", "/sub", "/echo/sub"),
        ("/echo", "sub", "/echo/sub"),
        ("/echo", "?q=1", "/echo?q=1"),
        ("/echo", "", "/echo"),
    ],
)
def test_a_path_is_put_after_the_base_host(make_session, server, base, path, arrives):
    session = make_session(server.url + base)
    assert session.get(path).json()["target"] == arrives


def test_a_full_address_leaves_the_base_host_aside(make_session, server):
    session = make_session("http://127.0.0.1:1")
    assert session.get(f"{server.url}/echo").status_code == 200


def test_the_base_host_may_be_changed_and_may_be_missing(make_session, server):
    session = make_session(None)
    assert "http://" in str(session.get("/echo").error)
    session.base_url = server.url
    assert session.get("/echo").status_code == 200
    session.base_url = server.url + "/echo"
    assert session.get("/sub").json()["target"] == "/echo/sub"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "http://",
        "http://:80/",
        "http://[::1/",
        "http://a:99999/",
        "http://a b/",
    ],
)
def test_an_impossible_address_is_a_failure_row(session, events, url):
    response = session.get(url)
    assert response.status_code == 0
    assert response.error is events[0]["exception"]
    assert not response.ok


def test_a_host_without_a_scheme_is_explained(make_session, events):
    response = make_session("example.com").get("/")
    assert "http://" in str(response.error)
    assert len(events) == 1


def test_ipv6_addresses_work(make_session, server):
    assert server.ipv6_url is not None
    assert make_session(server.ipv6_url).get("/echo").status_code == 200


def test_requests_are_counted_under_their_path_with_its_query(session, events):
    session.get("/hello?x=1#part", params={"y": "2"})
    assert events[0]["name"] == "/hello?x=1"


def test_a_full_address_below_the_base_host_counts_as_its_path(session, server, events):
    session.get(f"{server.url}/hello")
    assert events[0]["name"] == "/hello"


def test_any_other_address_keeps_its_host_but_not_its_password(make_session, server, events):
    session = make_session("http://127.0.0.1:1")
    session.get(server.url.replace("//", "//user:secret@") + "/hello")
    assert events[0]["name"] == f"{server.url}/hello"


def test_name_goes_before_request_name_before_the_path(session, events):
    session.request_name = "group"
    session.get("/hello")
    session.get("/hello", name="own")
    session.request_name = None
    session.get("/hello")
    assert [event["name"] for event in events] == ["group", "own", "/hello"]


def test_rename_request_blocks_can_be_nested(session, events):
    with session.rename_request("outer"):
        session.get("/hello?id=1")
        with session.rename_request("inner"):
            session.get("/hello?id=2")
        session.get("/hello?id=3")
    session.get("/hello")
    assert [event["name"] for event in events] == ["outer", "inner", "outer", "/hello"]


def test_rename_request_ends_with_an_exception_too(session, events):
    with pytest.raises(ZeroDivisionError), session.rename_request("group"):
        raise ZeroDivisionError
    assert session.request_name is None


def test_the_event_has_everything_the_documentation_promises(session, server, events):
    response = session.get("/hello", context={"key": "value"})
    event = events[0]
    assert event["request_type"] == "GET"
    assert event["response_length"] == 11
    assert 0 < event["response_time"] < 10_000
    assert event["response"] is response
    assert event["context"] == {"key": "value"}
    assert event["exception"] is None
    assert event["url"] == f"{server.url}/hello"
    assert event["start_time"] > 1_000_000_000


def test_context_of_user_and_request_are_merged(make_session, events):
    class Named(User):
        abstract = True

        def context(self):
            return {"user": self.name, "where": "user"}

    user = Named(None)
    user.name = "foo"
    session = make_session(user=user)
    session.get("/hello", context={"where": "request"})
    user.name = "bar"
    session.get("/hello")
    assert events[0]["context"] == {"user": "foo", "where": "request"}
    assert events[1]["context"] == {"user": "bar", "where": "user"}


def test_a_user_without_context_costs_no_dict(server):
    fired = []

    class Event(EventHook):
        def fire(self, **arguments):
            fired.append(arguments)

    class Plain(User):
        abstract = True

    session = FastHttpSession(server.url, Event(), Plain(None))
    session.get("/hello")
    session.close()
    assert fired[0]["context"] is None
