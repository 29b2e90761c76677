"""What nodes send one another."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A message from one node to another.

    Args:
        type: What it is about.
        data: What it says.
        node_id: Who has sent it.
    """

    type: str
    data: Any
    node_id: str | None = None
