"""`HttpSession`: a `requests.Session` whose requests are counted and which is quick."""

import swarm.core  # noqa: F401 - patches before requests and urllib3 bind socket and ssl
from swarm.http.session.response import CaughtResponse, FailedResponse
from swarm.http.session.session import HttpSession

__all__ = ["CaughtResponse", "FailedResponse", "HttpSession"]
