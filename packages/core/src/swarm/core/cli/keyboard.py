"""Keys that change the number of users while a test runs.

The terminal is read key by key, without echo, only while this process is in its
foreground; its settings are put back whatever ends the run.
"""

import atexit
import contextlib
import logging
import os
import sys
import termios
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import gevent
from gevent import select

from swarm.core.cli.terminal import is_terminal

logger = logging.getLogger("swarm.main")

LOOK_AGAIN = 1.0
"""Seconds between looks at whether this process has come to the terminal's foreground."""
BREATH = 0.02
"""Seconds between two reads, so that a terminal that is readable for ever costs little."""

_LOCAL_MODES = 3  # index into what termios.tcgetattr returns
_CONTROL_CHARACTERS = 6


class Terminal:
    """The terminal behind a file descriptor, switched to single keys and back."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._original: list[Any] | None = None

    def in_foreground(self) -> bool:
        """Return whether the terminal is ours now: a background job that touched it would stop."""
        try:
            return os.tcgetpgrp(self.descriptor) == os.getpgrp()
        except OSError:
            return False

    def read_keys_singly(self) -> None:
        """Deliver each key at once and do not show it. Ctrl-C keeps its meaning."""
        modes: list[Any] = termios.tcgetattr(self.descriptor)
        if not modes[_LOCAL_MODES] & (termios.ECHO | termios.ICANON):
            return
        if self._original is None:
            self._original = termios.tcgetattr(self.descriptor)
        modes[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)
        # Without it, a key that Ctrl-C discards between "readable" and the read would
        # leave the read, and with it every user, waiting for the next key.
        modes[_CONTROL_CHARACTERS][termios.VMIN] = 0
        modes[_CONTROL_CHARACTERS][termios.VTIME] = 0
        termios.tcsetattr(self.descriptor, termios.TCSANOW, modes)

    def restore(self) -> None:
        """Put the settings back. May be called at any moment, and again."""
        if self._original is None or not self.in_foreground():
            return
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self.descriptor, termios.TCSANOW, self._original)
            self._original = None


class Keyboard:
    """Calls an action for each key that has one, from a greenlet of its own.

    Args:
        actions: What to do for which key.
        stream: Where keys come from; without a terminal there, nothing happens.
    """

    def __init__(
        self, actions: Mapping[str, Callable[[], None]], stream: TextIO | None = None
    ) -> None:
        self._actions = actions
        self._terminal = _terminal_of(sys.stdin if stream is None else stream)
        self._greenlet: gevent.Greenlet[..., None] | None = None

    @property
    def usable(self) -> bool:
        """Whether keys can come at all: there is a terminal."""
        return self._terminal is not None

    def start(self) -> None:
        """Listen until `stop`."""
        if self._terminal is not None and self._greenlet is None:
            # The last resort when a run ends in a way that nobody foresaw.
            atexit.register(self._terminal.restore)
            self._greenlet = gevent.spawn(self._listen, self._terminal)

    def stop(self) -> None:
        """Listen no more and put the terminal back."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None
        self.restore()
        if self._terminal is not None:
            atexit.unregister(self._terminal.restore)

    def restore(self) -> None:
        """Put the terminal back, without waiting for anything. For a process that dies now."""
        if self._terminal is not None:
            self._terminal.restore()

    def _listen(self, terminal: Terminal) -> None:
        try:
            while True:
                if not terminal.in_foreground():
                    gevent.sleep(LOOK_AGAIN)
                    continue
                # Again each time: a shell that took the terminal over has its own idea of it.
                terminal.read_keys_singly()
                select.select([terminal.descriptor], [], [], LOOK_AGAIN)
                if terminal.in_foreground():
                    terminal.read_keys_singly()
                    self._press(os.read(terminal.descriptor, 64).decode(errors="ignore"))
                gevent.sleep(BREATH)
        except (OSError, termios.error) as error:
            logger.debug("The keyboard is gone", exc_info=error)

    def _press(self, typed: str) -> None:
        if typed.startswith("\x1b"):  # an arrow key and the like: its letters are not meant
            return
        for key in typed:
            action = self._actions.get(key)
            if action is not None:
                action()


def _terminal_of(stream: TextIO) -> Terminal | None:
    if not is_terminal(stream):
        return None
    try:
        return Terminal(stream.fileno())
    except (OSError, ValueError):
        return None
