import pytest

from support.http_server import PASSWORD, USER
from swarm.http.transport.error import ProxyError, RefusedError


@pytest.fixture
def through(make_session, server):
    def make(base_url, port=server.proxy_port, **kwargs):
        return make_session(base_url, proxy_host="127.0.0.1", proxy_port=port, **kwargs)

    return make


def test_plain_requests_are_forwarded(through, server):
    server.reset()
    seen = through(server.url).get("/echo?a=1").json()
    assert seen["target"] == "/echo?a=1"
    assert server.counters()["proxied"] == 1


def test_tls_goes_through_a_tunnel(through, server):
    server.reset()
    session = through(server.tls_url)
    assert [session.get("/echo").json()["nth"] for _ in range(2)] == [1, 2]
    assert server.counters()["tunnels"] == 1


def test_a_proxy_that_wants_a_password(through, server):
    port = server.auth_proxy_port
    assert through(server.url, port).get("/hello").status_code == 407
    assert isinstance(through(server.tls_url, port).get("/hello").error, ProxyError)
    for url in (server.url, server.tls_url):
        session = through(url, port, proxy_user=USER, proxy_password=PASSWORD)
        seen = session.get("/echo").json()
        told = "proxy-authorization" in {name.lower() for name, _ in seen["headers"]}
        assert told == (url == server.url)  # never through a tunnel


def test_the_proxys_password_goes_along_with_an_own_host_field(through, server):
    session = through(server.url, server.auth_proxy_port, proxy_user=USER, proxy_password=PASSWORD)
    assert session.get("/hello", headers={"Host": "own.example"}).status_code == 200


def test_a_proxy_that_is_not_there(through, server):
    assert isinstance(through(server.url, 1).get("/").error, RefusedError)
