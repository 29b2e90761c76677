"""Keys of the terminal, on a real pseudo terminal."""

import os
import pty
import termios

import gevent
import pytest

from swarm.core.cli import keyboard
from swarm.core.cli.keyboard import Keyboard, Terminal


@pytest.fixture
def terminal():
    """The two ends of a pseudo terminal: the person's and the program's."""
    person, program = pty.openpty()
    with open(program, closefd=False) as stream:
        yield person, stream
    os.close(person)
    os.close(program)


@pytest.fixture
def foreground(monkeypatch):
    """Whether the terminal is ours. It is not this process's, so nobody else can say."""
    state = {"ours": True}
    monkeypatch.setattr(Terminal, "in_foreground", lambda _self: state["ours"])
    monkeypatch.setattr(keyboard, "LOOK_AGAIN", 0.01)
    return state


def _modes(stream) -> int:
    return termios.tcgetattr(stream)[3] & (termios.ECHO | termios.ICANON)


def _until(condition) -> None:
    with gevent.Timeout(10):
        while not condition():
            gevent.sleep(0.005)


def test_each_key_calls_its_action(terminal, foreground):
    person, stream = terminal
    pressed = []
    keys = Keyboard({key: lambda key=key: pressed.append(key) for key in "wWsS"}, stream)
    keys.start()
    _until(lambda: _modes(stream) == 0)
    os.write(person, b"wxWs")
    _until(lambda: len(pressed) == 3)
    os.write(person, b"S")
    _until(lambda: len(pressed) == 4)
    keys.stop()
    assert pressed == ["w", "W", "s", "S"]


def test_arrow_keys_are_not_taken_for_their_letters(terminal, foreground):
    person, stream = terminal
    pressed = []
    keys = Keyboard({"A": lambda: pressed.append("A"), "w": lambda: pressed.append("w")}, stream)
    keys.start()
    _until(lambda: _modes(stream) == 0)
    os.write(person, b"\x1b[A")
    gevent.sleep(0.05)
    os.write(person, b"w")
    _until(lambda: pressed)
    keys.stop()
    assert pressed == ["w"]


def test_the_terminal_is_put_back(terminal, foreground):
    _, stream = terminal
    before = termios.tcgetattr(stream)
    keys = Keyboard({}, stream)
    keys.start()
    _until(lambda: _modes(stream) == 0)
    keys.stop()
    assert termios.tcgetattr(stream) == before
    keys.stop()  # and again, as a crash after the end would


def test_control_c_keeps_its_meaning(terminal, foreground):
    _, stream = terminal
    keys = Keyboard({}, stream)
    keys.start()
    _until(lambda: _modes(stream) == 0)
    assert termios.tcgetattr(stream)[3] & termios.ISIG
    keys.stop()


def test_a_background_job_leaves_the_terminal_alone(terminal, foreground):
    person, stream = terminal
    foreground["ours"] = False
    pressed = []
    before = termios.tcgetattr(stream)
    keys = Keyboard({"w": lambda: pressed.append("w")}, stream)
    keys.start()
    os.write(person, b"w\n")
    gevent.sleep(0.05)
    assert termios.tcgetattr(stream) == before
    assert pressed == []
    foreground["ours"] = True
    _until(lambda: pressed)
    keys.stop()
    assert pressed == ["w"]


def test_a_terminal_that_goes_away_ends_nothing_but_the_keys():
    person, program = pty.openpty()
    with os.fdopen(program) as stream:
        keys = Keyboard({}, stream)
        keys.start()
        gevent.sleep(0.01)
        os.close(person)
        gevent.sleep(0.05)
        keys.stop()


def test_without_a_terminal_nothing_happens(tmp_path):
    file = tmp_path / "input"
    file.write_text("wwww")
    with file.open() as stream:
        keys = Keyboard({"w": lambda: pytest.fail("not a key")}, stream)
        assert not keys.usable
        keys.start()
        gevent.sleep(0.02)
        keys.stop()


def test_a_process_without_standard_input_has_no_keyboard(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert not Keyboard({}).usable
