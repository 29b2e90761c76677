"""Certificates: whom to trust and what to show."""

import pytest
import requests


def test_the_server_must_be_trusted(session, server):
    assert isinstance(session.get(f"{server.tls_url}/hello").error, requests.exceptions.SSLError)


def test_a_ca_bundle_makes_it_trusted(session, server):
    response = session.get(f"{server.tls_url}/hello", verify=str(server.ca_file))

    assert response.text == "hello world"


def test_the_sessions_own_settings_count_and_those_of_a_request_come_first(session, server):
    session.verify = str(server.ca_file)
    assert session.get(f"{server.tls_url}/hello").ok

    session.verify = True
    assert session.get(f"{server.tls_url}/hello", verify=False).ok


def test_trust_of_one_request_is_not_lent_to_the_next(session, server):
    assert session.get(f"{server.tls_url}/hello", verify=False).ok

    assert session.get(f"{server.tls_url}/hello").status_code == 0


def test_a_directory_of_authorities_is_accepted(session, server, tmp_path):
    # Nothing in it is hashed, so nobody is trusted; but it is no error either.
    response = session.get(f"{server.tls_url}/hello", verify=str(tmp_path))

    assert isinstance(response.error, requests.exceptions.SSLError)


def test_a_missing_bundle_is_said_as_requests_says_it(session, plain, server):
    with pytest.raises(OSError, match="invalid path: /no/such/file"):
        plain.get(f"{server.tls_url}/hello", verify="/no/such/file")

    with pytest.raises(OSError, match="invalid path: /no/such/file"):
        session.get(f"{server.tls_url}/hello", verify="/no/such/file")


def test_a_client_certificate_is_shown(session, server):
    ca, cert = str(server.ca_file), str(server.client_cert)

    assert session.get(f"{server.mtls_url}/hello", verify=ca, cert=cert).text == "hello world"
    assert session.get(f"{server.mtls_url}/hello", verify=ca, cert=(cert, cert)).ok
    assert session.get(f"{server.mtls_url}/hello", verify=ca).status_code == 0


def test_tls_through_a_proxy(session, server):
    server.reset()
    proxies = {"https": f"http://127.0.0.1:{server.proxy_port}"}

    response = session.get(f"{server.tls_url}/hello", verify=str(server.ca_file), proxies=proxies)

    assert response.text == "hello world"
    assert server.counters()["tunnels"] == 1


def test_ipv6_is_spoken(session, server):
    if server.ipv6_url is None:
        pytest.skip("this machine has no IPv6")

    seen = session.get(f"{server.ipv6_url}/echo").json()

    assert dict(seen["headers"])["Host"] == server.ipv6_url.removeprefix("http://")


def test_a_large_body_comes_over_tls(session, server):
    session.verify = str(server.ca_file)

    assert len(session.get(f"{server.tls_url}/big-chunked/5000000").content) == 5_000_000
    assert (
        session.post(f"{server.tls_url}/echo", data=b"x" * 3_000_000).json()["length"] == 3_000_000
    )
