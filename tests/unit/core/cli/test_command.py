"""The command in process: what was asked for, and what it exits with."""

import io
import json
import sys

import pytest

from swarm.core.cli import command
from swarm.core.exception import ConfigError, ExitCode
from swarm.core.plugins import Command, PluginSet

PINGER = """
from swarm.core import StopTest, User, task

class Pinger(User):
    @task
    def ping(self):
        for _ in range(5):
            with self.environment.events.request.measure("PING", "pong"):
                pass
        raise StopTest
"""
RUN = ("--headless", "-t", "60s")


def _raising(error):
    def boot(*_arguments):
        raise error

    return boot


def test_a_run_in_this_process(project, run):
    project(PINGER)
    code, out, err = run(*RUN, "--json")
    *_, total = json.loads(out)["stats"]
    assert code == ExitCode.OK
    assert total["num_requests"] == 5
    assert "Shutting down (exit code 0)" in err


def test_runs_after_each_other_share_nothing(project, run):
    project(PINGER)
    totals = [json.loads(run(*RUN, "--json")[1])["stats"][-1]["num_requests"] for _ in range(2)]
    assert totals == [5, 5]


def test_arguments_come_from_the_process_unless_given(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["swarm", "plugins", "--json"])
    assert command.main() == ExitCode.OK
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (ConfigError("No.", hint="Do."), ExitCode.USAGE, "swarm: error: No.\nhint: Do.\n"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "\nswarm: interrupted\n"),
        (SystemExit(7), 7, ""),
        (SystemExit(None), 0, ""),
        (SystemExit("the end"), 1, "the end\n"),
    ],
    ids=repr,
)
def test_what_is_raised_becomes_an_exit_code(monkeypatch, run, error, code, told):
    monkeypatch.setattr("swarm.core.cli.boot.boot", _raising(error))
    assert run("--headless") == (code, "", told)


def test_a_defect_is_told_without_a_traceback(monkeypatch, run, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("swarm.core.cli.boot.boot", _raising(IndexError("out of range")))
    code, _, err = run("--headless")
    assert code == ExitCode.INTERNAL
    assert err.startswith("swarm: internal error: IndexError: out of range\nhint: ")
    assert "Traceback" not in err


def test_no_arguments_ask_for_a_run(project, run):
    code, _, err = run()
    assert code == ExitCode.TEST_FILE
    assert "swarmfile.py" in err


def test_the_web_interface_that_does_not_exist_is_said_so(project, run):
    project(PINGER)
    code, _, err = run()
    assert code == ExitCode.USAGE
    assert "web interface" in err
    assert "--headless" in err


def test_list_names_the_users_and_nothing_else(project, run):
    project(PINGER)
    assert run("--list") == (ExitCode.OK, "Pinger\n", "")


def test_the_ratio_of_tasks(project, run):
    project(PINGER)
    code, out, _ = run("--show-task-ratio-json")
    node = {"ratio": 1.0, "tasks": {"ping": {"ratio": 1.0}}}
    assert code == ExitCode.OK
    assert json.loads(out) == {"per_class": {"Pinger": node}, "total": {"Pinger": node}}
    assert "100.0 % ping" in run("--show-task-ratio")[1]


@pytest.mark.parametrize("word", ["Pingr", "Ping"])
def test_an_unknown_word_is_compared_with_users(project, run, word):
    project(PINGER)
    code, _, err = run(*RUN, word)
    assert code == ExitCode.USAGE
    assert f"{word} is neither a user class of this test nor a command" in err
    assert "Did you mean Pinger?" in err


def test_an_unknown_word_without_a_test_file_is_compared_with_commands(project, run):
    code, _, err = run("plugin")
    assert code == ExitCode.USAGE
    assert "Did you mean plugins?" in err
    assert "help, plugins, doctor" in run("zzz")[2]


def test_help_of_and_for_commands(project, run):
    assert "--run-time" in run("help")[1]
    assert "usage: swarm doctor" in run("help", "doctor")[1]
    assert "usage: swarm plugins" in run("plugins", "--help")[1]
    code, _, err = run("help", "plugin")
    assert code == ExitCode.USAGE
    assert "Did you mean plugins?" in err


def test_help_shows_options_of_the_test_file_but_needs_none(project, run):
    code, out, err = run("--help")
    assert (code, err) == (ExitCode.OK, "")
    assert "--greeting" not in out
    project("""
        from swarm.core import events

        @events.init_command_line_parser.add_listener
        def add(parser):
            parser.add_argument("--greeting", help="What to say")
    """)
    assert "--greeting" in run("--help")[1]
    assert run("--help", "-f", "nowhere.py")[0] == ExitCode.TEST_FILE


@pytest.mark.parametrize("source", ["from swarm.grpc import GrpcUser", "def broken(:", "1 / 0"])
def test_help_is_there_even_when_the_test_file_is_broken(project, run, source):
    project(source)
    code, out, _ = run("--help")
    assert code == ExitCode.OK
    assert "--run-time" in out


def test_unknown_options_of_commands_are_errors_like_all_others(run):
    code, out, err = run("doctor", "--jsn")
    assert (code, out) == (ExitCode.USAGE, "")
    assert (
        err
        == "swarm: error: swarm doctor: unrecognized arguments: --jsn\nhint: swarm doctor --help\n"
    )


def test_the_doctor_speaks_json_too(project, run):
    code, out, _ = run("doctor", "--json")
    checks = json.loads(out)
    assert code == (ExitCode.OK if all(check["ok"] for check in checks) else ExitCode.FAILURES)
    assert {"name", "ok", "detail", "hint"} == set(checks[0])


def test_commands_of_plugins_are_commands(monkeypatch, project, run):
    heard = []

    def topics(arguments):
        heard.extend(arguments)
        return 3

    monkeypatch.setattr(
        PluginSet, "commands", lambda _self, taken=(): {"topics": Command("List them", topics)}
    )
    assert run("topics", "--all")[0] == 3
    assert heard == ["--all"]
    assert "swarm topics   List them" in run("--help")[1]
    heard.clear()
    assert run("help", "topics")[0] == 3
    assert heard == ["--help"]


def test_a_file_of_a_log_can_be_named_and_the_log_left_out(project, run):
    folder = project(PINGER)
    code, out, err = run(*RUN, "--logfile", "run.log")
    assert code == ExitCode.OK
    assert "Starting swarm" not in err
    assert "Starting swarm" in (folder / "run.log").read_text()
    code, out, err = run(*RUN, "--skip-log", "--json")
    assert code == ExitCode.OK
    assert json.loads(out)
    assert err == ""


def test_without_a_stream_to_tell_it_the_exit_code_stays(monkeypatch, project):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert command.main(["-f", "nowhere.py"]) == ExitCode.TEST_FILE


def test_a_directory_that_is_gone_is_said_so(tmp_path, monkeypatch, run):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in (["--headless"], ["doctor"], ["plugins"]):
        code, _, err = run(*arguments)
        assert code == ExitCode.USAGE
        assert err.startswith("swarm: error: The current directory does not exist any more")
