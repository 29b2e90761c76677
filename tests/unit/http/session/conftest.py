"""The two kinds of session that are compared."""

import swarm.core  # noqa: F401, I001 - patches before requests is imported

import pytest
import requests

from swarm.http import HttpSession


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
