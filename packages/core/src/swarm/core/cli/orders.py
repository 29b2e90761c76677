"""What a process tells the worker processes that it starts, through a pipe.

Arguments and environment of a process can be read by others on the machine, a pipe cannot.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Orders:
    """Where a worker process joins.

    Args:
        parent: Process id of the one that starts it.
        host: Host of the coordinator; None leaves it to the options, as with the rest.
        port: Its port.
        secret: The secret shared with it.
    """

    parent: int = field(default_factory=os.getpid)
    host: str | None = None
    port: int | None = None
    secret: str | None = field(default=None, repr=False)

    def to_line(self) -> bytes:
        """Return the orders as a line of text."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Orders":
        """Return the orders that such a line gives."""
        return cls(**json.loads(line))

    def apply(self, options: Any) -> None:
        """Make the options of the parent those of one of its workers."""
        options.master = False
        options.worker = True
        options.processes = None
        if self.host is not None:
            options.master_host = self.host
        if self.port is not None:
            options.master_port = self.port
