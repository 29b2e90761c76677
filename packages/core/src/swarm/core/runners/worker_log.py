"""The log lines of a worker, gathered for its coordinator."""

import logging
from collections import deque

_MOST_LINES = 500
_FORMAT = "[%(asctime)s] %(levelname)s/%(name)s: %(message)s"


class WorkerLog(logging.Handler):
    """Keeps the latest log lines until they are taken. Older ones give way."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORMAT))
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        try:
            self._lines.append(self.format(record))
        except Exception:  # noqa: BLE001 - as logging itself does with what cannot be formatted
            self.handleError(record)

    def take(self) -> list[str]:
        """Return the lines that are new."""
        lines = list(self._lines)
        self._lines.clear()
        return lines
