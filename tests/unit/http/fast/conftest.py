import pytest

from swarm.http import FastHttpSession


@pytest.fixture
def make_session(server, request_event):
    """Make sessions that are closed at the end."""
    made = []

    def make(base_url=server.url, **kwargs):
        session = FastHttpSession(base_url, request_event, kwargs.pop("user", None), **kwargs)
        made.append(session)
        return session

    yield make
    for session in made:
        session.close()


@pytest.fixture
def session(make_session):
    return make_session()


@pytest.fixture
def echo(session):
    """Send a request to the echo and return what arrived there."""

    def ask(method="GET", path="/echo", **kwargs):
        response = session.request(method, path, **kwargs)
        assert response.status_code == 200, response.error
        return response.json()

    return ask
