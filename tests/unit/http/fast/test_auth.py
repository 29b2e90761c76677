import pytest

from support.http_server import PASSWORD, USER
from swarm.http.fast.auth import BasicAuth, DigestAuth


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
