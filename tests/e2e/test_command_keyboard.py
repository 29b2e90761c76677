"""Keys pressed while a test runs, on a real terminal."""

import signal

import pytest

from support.command import SWARM
from support.terminal import TerminalWindow
from swarm.core.exception import ExitCode

RUN = [SWARM, "--headless", "-u", "2", "-r", "100", "--only-summary"]
SPAWNED = "(2 total users)"


@pytest.mark.usefixtures("pinger")
def test_w_and_s_change_the_number_of_users(tmp_path):
    with TerminalWindow(RUN, tmp_path) as window:
        window.wait_for(SPAWNED)
        for key, users in (("w", 3), ("W", 13), ("s", 12), ("S", 2), ("S", 0)):
            window.type(key)
            window.wait_for(f"Ramping to {users} users")
        window.type("\x03")
        assert window.finish() == ExitCode.OK


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize("key", ["?", "\r"], ids=["?", "Enter"])
def test_help_on_the_keys(tmp_path, key):
    with TerminalWindow(RUN, tmp_path) as window:
        window.wait_for(SPAWNED)
        window.type(key)
        window.wait_for("w adds 1 user, W adds 10")
        window.signal(signal.SIGTERM)
        window.finish()


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_the_terminal_is_put_back_at_the_end(tmp_path, number):
    with TerminalWindow(RUN, tmp_path) as window:
        window.wait_for(SPAWNED)
        window.wait_until(lambda: window.modes == 0)
        window.signal(number)
        assert window.finish() == ExitCode.OK
        assert window.modes == window.modes_before != 0


def test_the_terminal_is_put_back_when_a_second_signal_ends_everything(tmp_path, write):
    write("""
        import gevent
        from swarm.core import User, constant, events, task

        class Idle(User):
            wait_time = constant(1)

            @task
            def nothing(self):
                pass

        @events.test_stopping.add_listener
        def linger(**kwargs):
            print("lingering", flush=True)
            gevent.sleep(3600)
    """)
    with TerminalWindow(RUN, tmp_path) as window:
        window.wait_for(SPAWNED)
        window.wait_until(lambda: window.modes == 0)
        window.type("\x03")
        window.wait_for("lingering")
        window.wait_until(lambda: window.type("\x03") or "without a summary" in window.text)
        assert window.finish() == ExitCode.INTERRUPTED
        assert window.modes == window.modes_before


def test_the_terminal_is_put_back_when_the_run_breaks(tmp_path, write):
    write("""
        from swarm.core import LoadTestShape, User, constant, task

        class Idle(User):
            wait_time = constant(1)

            @task
            def nothing(self):
                pass

        class Nonsense(LoadTestShape):
            def tick(self):
                return (1, 1) if self.get_run_time() < 1 else "many"
    """)
    with TerminalWindow([SWARM, "--headless"], tmp_path) as window:
        window.wait_until(lambda: window.modes == 0)
        assert window.finish() == ExitCode.RUNTIME
        assert window.modes == window.modes_before
        assert "Traceback" not in window.text


@pytest.mark.usefixtures("pinger")
def test_a_background_job_neither_stops_nor_touches_the_terminal(tmp_path):
    job = f"set -m; {SWARM} --headless -u 1 -t 1s & wait $!; echo code $?"
    with TerminalWindow(["sh", "-c", job], tmp_path) as window:
        window.wait_for("(1 total user)")
        window.type("W")
        assert window.modes == window.modes_before
        window.wait_for("code 0", timeout=20)
        window.finish()
