import ssl

import pytest

from swarm.http.transport.error import TLSError
from swarm.http.transport.tls import tls_context


def test_a_context_that_trusts_anybody():
    context = tls_context(verify=False)
    assert context.verify_mode == ssl.CERT_NONE
    assert not context.check_hostname


def test_a_context_that_checks_against_the_usual_authorities():
    context = tls_context(verify=True)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 0


def test_certifi_helps_out_where_the_system_has_no_authorities(monkeypatch):
    tls_context.cache_clear()
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda self: None)
    try:
        assert tls_context(verify=True).cert_store_stats()["x509_ca"] > 0
    finally:
        tls_context.cache_clear()


def test_own_authorities_in_a_file_or_a_directory(server, tmp_path):
    assert tls_context(str(server.ca_file)).cert_store_stats()["x509_ca"] == 1
    assert tls_context(str(tmp_path)).cert_store_stats()["x509_ca"] == 0


def test_making_a_context_is_dear_so_the_same_wishes_get_the_same_one(server):
    certificate = str(server.client_cert)
    assert tls_context(verify=False) is tls_context(verify=False)
    context = tls_context(verify=False, certificate=certificate)
    assert context is tls_context(verify=False, certificate=certificate)
    assert context is not tls_context(verify=False)
    assert tls_context(verify=False, certificate=(certificate, certificate)) is not context


@pytest.mark.parametrize("wishes", [("/no/such/file", None), (False, "/no/such/file")])
def test_a_file_that_is_not_there(wishes):
    with pytest.raises(TLSError, match="certificate file"):
        tls_context(*wishes)
