import pytest

from swarm.http.fast.redirect import redirect_of
from swarm.http.transport.address import Origin
from swarm.http.transport.error import InvalidRequestError, TooManyRedirectsError
from swarm.http.transport.response import parse_head

ORIGIN = Origin("http", "example.com", 80)


def redirect(status, location, method="GET", origin=ORIGIN, target="/a/b?c"):
    raw = f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    return redirect_of(parse_head(raw.encode("latin-1")), method, origin, target)


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "GET", "GET"),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (302, "HEAD", "HEAD"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (308, "DELETE", "DELETE"),
    ],
)
def test_method_rules(status, method, then):
    following = redirect(status, "/x", method)
    assert following.method == then
    assert following.keeps_body == (method == then and not (status == 303 and method == "PUT"))


@pytest.mark.parametrize("status", [200, 300, 304, 305, 400])
def test_other_statuses_are_no_redirects(status):
    assert redirect(status, "/x") is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "http://example.com/x"),
        ("x", "http://example.com/a/x"),
        ("../x?y#z", "http://example.com/x?y"),
        ("?q", "http://example.com/a/b?q"),
        ("//other.org/x", "http://other.org/x"),
        ("https://example.com", "https://example.com/"),
        ("/with space", "http://example.com/with%20space"),
        ("/gr\xc3\xbcn", "http://example.com/gr%C3%BCn"),
    ],
)
def test_where_a_location_leads(location, url):
    assert redirect(302, location).address.url == url


@pytest.mark.parametrize("location", ["ftp://x/", "http://[::1", "javascript:alert(1)"])
def test_a_location_that_leads_nowhere(location):
    with pytest.raises(InvalidRequestError):
        redirect(302, location)


@pytest.mark.parametrize(
    ("location", "same"),
    [
        ("/x", True),
        ("http://example.com:80/x", True),
        ("https://example.com/", True),
        ("https://example.com:8443/", False),
        ("http://example.com:81/", False),
        ("http://sub.example.com/", False),
    ],
)
def test_what_counts_as_the_same_origin(location, same):
    assert redirect(302, location).same_origin is same


def test_redirects_are_followed_and_counted_as_one_request(session, events, server):
    response = session.get("/redirect/3")
    assert response.text == "hello world"
    assert response.url == f"{server.url}/hello"
    assert [r.status_code for r in response.history] == [302, 302, 302]
    assert response.history[0].url == f"{server.url}/redirect/3"
    assert [event["name"] for event in events] == ["/redirect/3"]
    assert events[0]["response_length"] == 11


def test_redirects_are_not_followed_if_not_wanted(session):
    response = session.get("/redirect/3", allow_redirects=False)
    assert response.status_code == 302
    assert response.headers["location"] == "/redirect/2"
    assert session.head("/redirect/1").status_code == 302
    assert session.head("/redirect/1", allow_redirects=True).status_code == 200


def test_too_many_redirects_are_a_failure(make_session, server):
    server.reset()
    session = make_session(max_redirects=3)
    assert session.get("/redirect/3").ok
    response = session.get("/redirect-loop")
    assert isinstance(response.error, TooManyRedirectsError)
    assert server.counters()["/redirect-loop"] == 4
    assert len(response.history) == 4


def test_a_body_goes_along_where_the_status_says_so(session):
    kept = session.post("/redirect-to?url=/echo&status=307", data=b"body").json()
    assert (kept["method"], kept["body"]) == ("POST", "body")
    changed = session.post("/redirect-to?url=/echo&status=302", json={"a": 1}).json()
    assert (changed["method"], changed["body"]) == ("GET", "")
    names = {name.lower() for name, _ in changed["headers"]}
    assert not names & {"content-type", "content-length"}


def test_a_body_that_can_be_sent_once_only_is_not_sent_half(session):
    response = session.post("/redirect-to?url=/echo&status=307", data=iter([b"once"]))
    assert response.status_code == 0
    assert "only once" in str(response.error)


def test_a_file_goes_along_from_where_it_began(session, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 100_000)
    with path.open("rb") as file:
        seen = session.post("/redirect-to?url=/echo&status=308", data=file).json()
    assert seen["length"] == 100_000


def test_secrets_stay_at_home(session, server):
    elsewhere = server.url.replace("127.0.0.1", "localhost") + "/echo"
    seen = session.get(
        f"/redirect-to?url={elsewhere}",
        headers={"Authorization": "secret", "Cookie": "a=1", "X-Other": "stays"},
        auth=("user", "secret"),
        cookies={"b": "2"},
    ).json()
    names = {name.lower() for name, _ in seen["headers"]}
    assert "x-other" in names
    assert not names & {"authorization", "cookie"}


def test_an_own_host_field_stays_at_home(session, server):
    elsewhere = server.url.replace("127.0.0.1", "localhost") + "/echo"
    seen = session.get(f"/redirect-to?url={elsewhere}", headers={"Host": "own.example"}).json()
    assert dict(seen["headers"])["Host"] == elsewhere.split("/")[2]


@pytest.mark.parametrize("path", ["/redirect/2", "/redirect-loop"])
def test_listeners_are_told_the_address_that_was_asked_for(session, events, server, path):
    session.get(path)
    with session.get(path, catch_response=True):
        pass
    assert [event["url"] for event in events] == [server.url + path] * 2


def test_an_empty_location_is_none(session):
    assert session.get("/redirect-to?url=").status_code == 302


def test_secrets_go_along_within_an_origin(session):
    seen = session.get("/redirect-to?url=/echo", auth=("user", "secret")).json()
    assert "authorization" in {name.lower() for name, _ in seen["headers"]}


def test_cookies_that_are_set_on_the_way_are_sent_on(session):
    assert session.get("/redirect-to?url=/cookies&cookie=a%3D1").text == "a=1"


def test_a_streamed_redirect_streams_its_last_answer(session):
    assert list(session.get("/redirect-to?url=/lines/2", stream=True).iter_lines()) == [
        b"line 0",
        b"line 1",
    ]
