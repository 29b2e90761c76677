"""A part of the terminal that is drawn over and over, below everything else that is printed."""

import logging
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from swarm.core.reporting.page import Line
from swarm.core.text import encodable


class Screen:
    """Draws lines on a terminal, in one place while the run goes on.

    Log messages and prints appear above. Nothing is drawn but on `show`.

    Args:
        stream: The terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._live: Live | None = None
        self._diverted: list[logging.StreamHandler[TextIO]] = []

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal, as it is now."""
        return self._console.size.width, self._console.size.height

    @property
    def capable(self) -> bool:
        """Whether the terminal can go back to a line to draw it again."""
        return self._console.is_terminal and not self._console.is_dumb_terminal

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines in place of those drawn before."""
        if self._live is None:
            self._live = self._begin()
        self._live.update(Group(*map(self._styled, lines)), refresh=True)

    def close(self) -> None:
        """Take away what was drawn."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        for handler in self._diverted:
            handler.setStream(self._stream)
        self._diverted.clear()

    def print(self, lines: Sequence[Line]) -> None:
        """Print lines that stay."""
        for line in lines:
            self._console.print(self._styled(line), soft_wrap=True)

    def _styled(self, line: Line) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        for piece, style in line:
            text.append(encodable(piece, self._console.encoding), style or None)
        return text

    def _begin(self) -> Live:
        # Where stdout is no terminal, what is printed there is data for somebody else.
        live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),
            redirect_stderr=sys.stderr is self._stream,
        )
        live.start()
        # A process that is killed should not leave a terminal without a cursor.
        self._console.show_cursor()
        self._divert(sys.stderr)
        return live

    def _divert(self, stream: TextIO) -> None:
        """Let log handlers write above what is drawn; they hold the terminal themselves."""
        for logger in (logging.getLogger(), *_loggers()):
            for handler in logger.handlers:
                if isinstance(handler, logging.StreamHandler) and handler.stream is self._stream:
                    handler.setStream(stream)
                    self._diverted.append(handler)


def _loggers() -> list[logging.Logger]:
    known = logging.getLogger().manager.loggerDict.values()
    return [logger for logger in known if isinstance(logger, logging.Logger)]
