"""One server for all, and the request events that sessions fire."""

import pytest

from support.http_server import HttpServer
from swarm.core.event import RequestEvent


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
