import pytest

from support.http_server import PASSWORD, USER
from swarm.http.fast.auth import BasicAuth, DigestAuth
from swarm.http.transport.response import parse_head


def test_a_pair_is_basic(session):
    assert session.get("/basic", auth=(USER, PASSWORD)).text == "welcome"
    assert session.get("/basic").status_code == 401
    assert session.get("/basic", auth=(USER, "wrong")).status_code == 401


def test_basic_can_be_said_in_words(session):
    assert session.get("/basic", auth=BasicAuth(USER, PASSWORD)).ok


def test_user_and_password_in_the_base_host_are_sent_there_only(make_session, server):
    secret = server.url.replace("//", f"//{USER}:{PASSWORD.replace(' ', '%20')}@")
    session = make_session(secret)
    assert session.get("/basic").text == "welcome"
    assert session.get("/redirect-to?url=/basic").text == "welcome"
    other = server.url.replace("127.0.0.1", "localhost")
    assert session.get(f"{other}/basic").status_code == 401


def test_user_and_password_in_an_address_are_sent(session, server):
    url = server.url.replace("//", f"//{USER}:{PASSWORD.replace(' ', '%20')}@") + "/basic"
    response = session.get(url)
    assert response.text == "welcome"
    assert PASSWORD not in response.url


def test_an_own_authorization_field_goes_before_the_base_hosts(make_session, server):
    session = make_session(server.url.replace("//", "//x:y@"))
    seen = session.get("/echo", headers={"Authorization": "mine"}).json()
    assert [v for k, v in seen["headers"] if k.lower() == "authorization"] == ["mine"]


@pytest.mark.parametrize("path", ["/digest", "/digest-sha256"])
def test_digest_answers_the_challenge_and_remembers_it(session, server, events, path):
    server.reset()
    auth = DigestAuth(USER, PASSWORD)
    for _ in range(3):
        assert session.get(f"{path}?q=1", auth=auth).text == "welcome"
    assert server.counters()[path] == 4
    assert len(events) == 3


def test_digest_with_the_wrong_password_gives_up(session, server):
    server.reset()
    assert session.get("/digest", auth=DigestAuth(USER, "wrong")).status_code == 401
    assert server.counters()["/digest"] == 2


def test_digest_sends_the_body_again(session):
    auth = DigestAuth(USER, PASSWORD)
    assert session.post("/digest", data=b"x" * 100_000, auth=auth).text == "welcome"


def challenged(challenge, user="Mufasa", password="Circle Of Life"):
    raw = f"HTTP/1.1 401 X\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n"
    auth = DigestAuth(user, password)
    assert auth.first("GET", "/dir/index.html") is None
    return auth, auth.answer(parse_head(raw.encode()), "GET", "/dir/index.html")


def test_the_example_of_the_digest_standard(monkeypatch):
    monkeypatch.setattr("os.urandom", lambda _: bytes.fromhex("0a4f113b"))
    _, answer = challenged(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer
    assert "nc=00000001" in answer


def test_digest_of_the_first_days_has_no_qop():
    _, answer = challenged('Digest realm="r", nonce="n"')
    assert "qop" not in answer
    assert "cnonce" not in answer


def test_digest_with_a_session_key_tells_its_nonce():
    auth, answer = challenged('Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess')
    assert "cnonce" in answer
    assert "nc=00000002" in auth.first("GET", "/")


@pytest.mark.parametrize(
    "challenge",
    [
        "Basic realm=x",
        'Digest realm="r"',
        'Digest realm="r", nonce="n", algorithm=FUTURE',
        'Digest realm="r", nonce="n", qop="auth-int"',
    ],
)
def test_a_challenge_that_cannot_be_met(challenge):
    assert challenged(challenge)[1] is None
