"""Who decides the exit code."""

import io
from types import SimpleNamespace

import pytest

from swarm.core.cli import exit as ending
from swarm.core.event import Events
from swarm.core.exception import ExitCode


def _environment(*, code=None, failures=0, exceptions=()):
    return SimpleNamespace(
        process_exit_code=code,
        stats=SimpleNamespace(num_failures=failures, errors={}),
        runner=SimpleNamespace(exceptions=list(exceptions)),
        events=Events(),
    )


def test_a_run_whose_report_is_missing_does_not_pass_for_good():
    code = ending.exit_code(_environment(), on_error=1, unfinished=["CsvReporter"])
    assert code == ExitCode.RUNTIME


def test_failures_say_more_than_a_missing_report():
    environment = _environment(failures=1)
    assert ending.exit_code(environment, on_error=7, unfinished=["CsvReporter"]) == 7


def test_a_clean_run_exits_with_zero():
    assert ending.exit_code(_environment(), on_error=1) == ExitCode.OK


def test_a_failed_request_decides():
    assert ending.exit_code(_environment(failures=1), on_error=7) == 7


def test_an_exception_in_a_task_decides():
    assert ending.exit_code(_environment(exceptions=["boom"]), on_error=7) == 7


def test_an_environment_without_a_runner_exits_with_zero():
    environment = _environment()
    environment.runner = None
    assert ending.exit_code(environment, on_error=1) == ExitCode.OK


@pytest.mark.parametrize("code", [0, 3, 255])
def test_the_tests_own_word_wins(code):
    assert ending.exit_code(_environment(code=code, failures=9), on_error=1) == code


@pytest.mark.parametrize("code", [256, -1, "2", 1.5])
def test_a_code_that_the_system_would_cut_off_counts_as_a_failure(code, caplog):
    assert ending.exit_code(_environment(code=code), on_error=1) == ExitCode.FAILURES
    assert repr(code) in caplog.text


def test_quitting_may_set_the_code_and_quit_is_told_of_it():
    environment = _environment(failures=1)
    heard = []

    @environment.events.quitting.add_listener
    def on_quitting(environment, **_):
        heard.append("quitting")
        environment.process_exit_code = 42

    environment.events.quit.add_listener(lambda exit_code, **_: heard.append(exit_code))
    assert ending.leave(environment, on_error=1) == 42
    assert heard == ["quitting", 42]


def test_listeners_of_the_end_that_raise_change_nothing():
    environment = _environment()

    @environment.events.quitting.add_listener
    @environment.events.quit.add_listener
    def broken(**_):
        raise OSError("disk full")

    assert ending.leave(environment, on_error=1) == ExitCode.OK


def test_closed_streams_are_no_error_at_the_end(monkeypatch):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stdout", closed)
    monkeypatch.setattr("sys.stderr", None)
    assert ending.leave(_environment(), on_error=1) == ExitCode.OK
