import ssl

import gevent
import pytest

from swarm.http.transport.error import TLSError, TransportError


def test_any_certificate_is_trusted_by_default(make_session, server):
    session = make_session(server.tls_url)
    assert session.get("/echo").json()["nth"] == 1
    assert session.get("/echo").json()["nth"] == 2


def test_an_untrusted_certificate_is_a_failure_if_that_matters(make_session, server, events):
    response = make_session(server.tls_url, insecure=False).get("/hello")
    assert isinstance(response.error, TLSError)
    assert "127.0.0.1" in str(response.error)
    assert events[0]["exception"] is response.error


def test_an_own_context_decides_whom_to_trust(make_session, server):
    made = []

    def context():
        made.append(1)
        return ssl.create_default_context(cafile=server.ca_file)

    session = make_session(server.tls_url, ssl_context_factory=context)
    assert session.get("/hello").ok
    session.client.clientpool.close()
    assert session.get("/hello").ok
    assert made == [1]


def test_a_client_certificate_is_shown(make_session, server):
    def context():
        made = ssl.create_default_context(cafile=server.ca_file)
        made.load_cert_chain(server.client_cert)
        return made

    assert make_session(server.mtls_url, ssl_context_factory=context).get("/hello").ok
    assert isinstance(make_session(server.mtls_url).get("/hello").error, TransportError)


def test_a_context_factory_that_fails_is_a_failure_row(make_session, server, events):
    def context():
        return ssl.create_default_context(cafile="/no/such/file")

    response = make_session(server.tls_url, ssl_context_factory=context).get("/hello")
    assert isinstance(response.error, TLSError)
    assert len(events) == 1


def test_tls_to_a_server_without_it_is_a_failure(make_session, server):
    session = make_session(server.url.replace("http:", "https:"))
    assert isinstance(session.get("/hello", timeout=0.3).error, TransportError)


@pytest.mark.parametrize("path", ["/big/3000000", "/chunked", "/until-close", "/encoded/br"])
def test_every_kind_of_body_arrives(make_session, server, path):
    tls, plain = make_session(server.tls_url), make_session()
    assert tls.get(path).content == plain.get(path).content


def test_big_bodies_are_sent(make_session, server):
    seen = make_session(server.tls_url).post("/echo", data=b"x" * 3_000_000).json()
    assert seen["length"] == 3_000_000


def test_a_stale_connection_is_replaced(make_session, server):
    session = make_session(server.tls_url)
    for method in ("GET", "POST"):
        session.get("/close-silently")
        gevent.sleep(0.05)  # until the farewell has arrived
        assert session.request(method, "/hello").ok, method


def test_an_idle_connection_stays_usable(make_session, server):
    session = make_session(server.tls_url)
    first = session.post("/echo").json()["connection"]
    assert session.post("/echo").json()["connection"] == first


def test_timeouts_are_kept(make_session, server):
    session = make_session(server.tls_url)
    assert "timeout" in str(session.get("/delay/5", timeout=0.1).error)
    assert session.get("/delay/0.15", timeout=5).ok


def test_redirects_between_plain_and_tls_work(make_session, server):
    assert make_session().get(f"/redirect-to?url={server.tls_url}/hello").text == "hello world"
