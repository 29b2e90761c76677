"""How HTTP requests become rows: naming, context, the verdict of a with-block.

One implementation serves `HttpSession` and `FastHttpSession`, so that a test
file reports the same rows whichever of the two it uses.
"""

from swarm.http.recording.address import checked_host, join_url, row_name
from swarm.http.recording.catching import ResponseContextManager
from swarm.http.recording.error import fresh
from swarm.http.recording.session import RecordedSession

__all__ = [
    "RecordedSession",
    "ResponseContextManager",
    "checked_host",
    "fresh",
    "join_url",
    "row_name",
]
