"""How errors look to a person."""

import io
import logging
import sys
from pathlib import Path

import pytest

from swarm.core.cli import errors
from swarm.core.exception import ConfigError, ExitCode, SwarmError


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def _caught(source: str, filename: str = "/somewhere/test_file.py") -> BaseException:
    code = compile(source, filename, "exec")
    try:
        exec(code, {})
    except Exception as error:
        return error
    raise AssertionError("nothing raised")


def test_an_error_is_one_sentence_and_a_hint():
    out = io.StringIO()
    code = errors.report(ConfigError("The rate is negative.", hint="use --spawn-rate 1"), out)
    assert out.getvalue() == "swarm: error: The rate is negative.\nhint: use --spawn-rate 1\n"
    assert code == ExitCode.USAGE


def test_an_error_without_a_hint_has_no_hint_line():
    assert errors.render(SwarmError("No.")) == "swarm: error: No.\n"


def test_an_error_without_a_text_is_known_by_its_name():
    assert errors.render(ConfigError()) == "swarm: error: ConfigError\n"


def test_colours_only_on_a_terminal():
    out, terminal = io.StringIO(), _Terminal()
    errors.report(SwarmError("No."), out)
    errors.report(SwarmError("No."), terminal)
    assert "\x1b" not in out.getvalue()
    assert "\x1b[31merror:\x1b[0m" in terminal.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_unwelcome(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    terminal = _Terminal()
    errors.report(SwarmError("No."), terminal)
    assert "\x1b" not in terminal.getvalue()


def test_text_that_the_stream_cannot_encode_still_arrives():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    errors.report(SwarmError("naïve \udc80 ☃"), out)
    assert raw.getvalue() == b"swarm: error: na\\xefve \\udc80 \\u2603\n"


def test_a_closed_stream_does_not_hide_the_exit_code():
    out = io.StringIO()
    out.close()
    assert errors.report(ConfigError("No."), out) == ExitCode.USAGE


def test_a_defect_asks_for_a_report_and_keeps_the_traceback_in_a_file(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    out = io.StringIO()
    code = errors.report_internal(_caught("x = 1\nx.nothing\n"), out)
    (crash,) = tmp_path.iterdir()
    first, hint = out.getvalue().splitlines()
    assert code == ExitCode.INTERNAL
    assert first == "swarm: internal error: AttributeError: 'int' object has no attribute 'nothing'"
    assert "please report" in hint
    assert str(crash) in hint
    assert "test_file.py" in crash.read_text()


def test_a_defect_prints_its_traceback_at_debug(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    logging.getLogger().manager._clear_cache()
    out = io.StringIO()
    try:
        errors.report_internal(_caught("1 / 0"), out)
    finally:
        monkeypatch.undo()
        logging.getLogger().manager._clear_cache()
    assert "Traceback (most recent call last)" in out.getvalue()
    assert not list(tmp_path.iterdir())


def test_a_defect_is_told_even_where_no_file_can_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    out = io.StringIO()
    assert errors.report_internal(_caught("1 / 0"), out) == ExitCode.INTERNAL
    assert "--loglevel DEBUG" in out.getvalue()


def test_the_traceback_of_user_code_starts_at_user_code():
    try:
        errors_module = Path(errors.__file__)
        code = compile("def run(f):\n    f()\n", str(errors_module), "exec")
        namespace: dict = {}
        exec(code, namespace)
        namespace["run"](lambda: 1 / 0)
    except ZeroDivisionError as error:
        error.__traceback__ = error.__traceback__.tb_next  # what called is this test itself
        text = errors.user_traceback(error)
    assert "in run" not in text
    assert text.splitlines()[1].endswith("in <lambda>")
    assert text.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_an_error_that_never_touched_user_code_keeps_its_last_line():
    assert errors.user_traceback(ValueError("x")) == "ValueError: x"


def test_errors_go_to_stderr_unless_told_otherwise(capsys):
    errors.report(SwarmError("No."))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "swarm: error: No.\n"
    assert sys.stderr is not None
