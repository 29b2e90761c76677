"""A server, and the two kinds of session that are compared."""

import swarm.core  # noqa: F401, I001 - patches before requests is imported

import pytest
import requests
from support.http_server import HttpServer

from swarm.core.event import RequestEvent
from swarm.http import HttpSession


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with HttpServer(tmp_path_factory.mktemp("certificates")) as running:
        yield running


@pytest.fixture
def events():
    """The request events that were fired, as dicts."""
    return []


@pytest.fixture
def request_event(events):
    event = RequestEvent()
    event.add_listener(lambda **fired: events.append(fired))
    return event


@pytest.fixture
def session(server, request_event):
    with HttpSession(server.url, request_event, None) as made:
        yield made


@pytest.fixture
def plain():
    """What requests itself does, without a look at the environment."""
    with requests.Session() as made:
        made.trust_env = False
        yield made
