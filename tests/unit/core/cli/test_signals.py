"""SIGINT and SIGTERM."""

import os
import signal
import subprocess
import sys
import time

import gevent
import pytest

from swarm.core.cli import signals
from swarm.core.cli.signals import EndSignals
from swarm.core.exception import ExitCode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_for_the_end(number):
    with EndSignals() as end:
        assert not end.requested.is_set()
        os.kill(os.getpid(), number)
        assert end.requested.wait(timeout=5)
        assert end.name == signal.Signals(number).name


def test_the_loop_hears_of_it_while_it_waits_for_something_else():
    with EndSignals() as end:
        child = subprocess.Popen(
            [sys.executable, "-c", f"import os, time; time.sleep(.1); os.kill({os.getpid()}, 15)"]
        )
        assert end.requested.wait(timeout=10)
        child.wait(timeout=10)


def test_an_echo_of_the_first_signal_ends_nothing():
    with EndSignals() as end:
        for _ in range(3):  # `timeout` and wrappers send to the process and to its group
            os.kill(os.getpid(), signal.SIGTERM)
            gevent.sleep(0)
        assert end.requested.wait(timeout=5)


def test_the_handlers_of_before_come_back():
    before = [signal.getsignal(number) for number in signals.WATCHED]
    with EndSignals():
        assert [signal.getsignal(number) for number in signals.WATCHED] != before
    assert [signal.getsignal(number) for number in signals.WATCHED] == before


def test_a_signal_that_the_process_was_told_to_ignore_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with EndSignals() as end:
            os.kill(os.getpid(), signal.SIGINT)
            gevent.sleep(0.01)
            assert not end.requested.is_set()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


BUSY = """
import sys, time
from swarm.core.cli.signals import EndSignals
with EndSignals(lambda: print("mended", flush=True)):
    print("ready", flush=True)
    while True:  # the event loop never runs, as under a task that computes for ever
        pass
"""


def test_a_second_signal_ends_even_a_process_that_never_yields():
    child = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        time.sleep(signals.ECHO_WINDOW / 2)
        assert child.poll() is None
        deadline = time.monotonic() + 20
        while child.poll() is None and time.monotonic() < deadline:
            child.send_signal(signal.SIGINT)
            time.sleep(0.05)
        out, err = child.communicate(timeout=5)
    finally:
        child.kill()
    assert child.returncode == ExitCode.INTERRUPTED
    assert out == "mended\n"
    assert "without a summary" in err
    assert "Traceback" not in err
