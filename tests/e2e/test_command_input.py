"""Bad input: each time a clear sentence, a documented exit code, and no traceback of swarm's."""

import pytest

from support.command import swarm
from swarm.core.exception import ExitCode

RUN = ("--headless", "-t", "1s")
QUICK = 30.0
"""Seconds; whoever needs longer hangs."""


def _complains(result, code, *words):
    assert result.code == code, result.text
    for word in words:
        assert word in result.err, result.text
    assert "swarm: error: " in result.err
    assert "Traceback" not in result.text
    assert "internal error" not in result.text


def test_no_test_file(tmp_path):
    result = swarm(*RUN, cwd=tmp_path, timeout=QUICK)
    _complains(result, ExitCode.TEST_FILE, "swarmfile.py", "hint:")


def test_a_named_file_that_is_missing(tmp_path):
    result = swarm("-f", "nowhere.py", *RUN, cwd=tmp_path, timeout=QUICK)
    _complains(result, ExitCode.TEST_FILE, "nowhere.py")


def test_a_syntax_error_is_shown_with_its_line_and_no_frame_of_swarm(tmp_path, write):
    write("from swarm.core import User\n\nclass Broken(User)\n    pass\n")
    result = swarm(*RUN, cwd=tmp_path, timeout=QUICK)
    _complains(result, ExitCode.TEST_FILE, "line 3", "class Broken(User)")
    assert "swarm/core/" not in result.err


def test_a_test_file_that_raises_shows_its_own_frames_only(tmp_path, write):
    write("def load():\n    return {}['missing']\n\nload()\n")
    result = swarm(*RUN, cwd=tmp_path, timeout=QUICK)
    assert result.code == ExitCode.TEST_FILE, result.text
    assert "return {}['missing']" in result.err
    assert "KeyError: 'missing'" in result.err
    assert "swarm/core/" not in result.err
    assert "importlib" not in result.err


def test_a_file_without_users(tmp_path, write):
    write("x = 1\n")
    _complains(swarm(*RUN, cwd=tmp_path, timeout=QUICK), ExitCode.TEST_FILE, "swarmfile.py")


def test_an_uninstalled_protocol_names_its_distribution(tmp_path, write):
    write("from swarm.grpc import GrpcUser\n")
    _complains(swarm(*RUN, cwd=tmp_path, timeout=QUICK), ExitCode.PLUGIN, "pip install swarm-grpc")


def test_a_plugin_that_is_not_installed(tmp_path, write):
    write()
    result = swarm(*RUN, "--plugins", "grpc", cwd=tmp_path, timeout=QUICK)
    _complains(result, ExitCode.PLUGIN, "grpc", "pip install swarm-grpc")


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Pingr"], ["Pingr", "Did you mean Pinger?"]),
        (["--user", "3"], ["--user", "--users"]),
        (["--hedless"], ["--hedless", "--headless"]),
        (["--users", "0"], ["0", "at least 1"]),
        (["--users", "many"], ["many"]),
        (["--spawn-rate", "-1"], ["-1"]),
        (["-t", "soon"], ["soon", "1h30m"]),
        (["-t", "0"], ["--run-time"]),
        (["--loglevel", "LOUD"], ["LOUD", "INFO"]),
        (["--config", "nowhere.conf"], ["nowhere.conf"]),
        (["--exit-code-on-error", "300"], ["300"]),
        (["--csv-full-history"], ["--csv-full-history", "--csv"]),
        (["--config-users", "{"], ["--config-users", "JSON"]),
        (["--config-users", '{"user_class_name": "Nobody"}'], ["Nobody"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_options_that_make_no_sense(tmp_path, arguments, words):
    result = swarm(*RUN, *arguments, cwd=tmp_path, timeout=QUICK)
    _complains(result, ExitCode.USAGE, *words)


@pytest.mark.usefixtures("pinger")
def test_without_headless_the_missing_web_interface_is_said(tmp_path):
    _complains(swarm(cwd=tmp_path, timeout=QUICK), ExitCode.USAGE, "web", "hint:", "--headless")


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("swarm.conf", "users = many\n"),
        ("swarm.conf", "user = 3\n"),
        ("pyproject.toml", "[tool.swarm\nusers = 3\n"),
        ("swarm.toml", "users = -3\n"),
    ],
)
def test_configuration_files_that_cannot_be_used(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    _complains(swarm(*RUN, cwd=tmp_path, timeout=QUICK), ExitCode.USAGE, name)


def test_a_negative_weight(tmp_path, write):
    write("""
        from swarm.core import User, task

        class Negative(User):
            weight = -1

            @task
            def nothing(self):
                pass
    """)
    result = swarm(*RUN, cwd=tmp_path, timeout=QUICK)
    assert result.code in {ExitCode.USAGE, ExitCode.TEST_FILE}
    _complains(result, result.code, "weight", "Negative", "-1")


@pytest.mark.parametrize(
    "tick",
    ["'many'", "(-1, 1)", "(1,)", "(1, 0)", "(1, 1, ['Nobody'])", "1 / 0", "(float('nan'), 1)"],
)
def test_a_shape_that_returns_nonsense(tmp_path, write, tick):
    write(f"""
        from swarm.core import LoadTestShape, User, constant, task

        class Idle(User):
            wait_time = constant(1)

            @task
            def nothing(self):
                pass

        class Nonsense(LoadTestShape):
            def tick(self):
                return {tick}
    """)
    result = swarm("--headless", cwd=tmp_path, timeout=QUICK)
    assert result.code == ExitCode.RUNTIME, result.text
    assert "Nonsense" in result.err
    assert "swarm/core/" not in result.err


@pytest.mark.usefixtures("pinger")
def test_files_that_cannot_be_written_end_the_run_before_it_begins(tmp_path):
    (tmp_path / "file").write_text("")
    for option in ("--csv", "--json-file"):
        result = swarm(*RUN, option, "file/figures", cwd=tmp_path, timeout=QUICK)
        assert result.code in {ExitCode.USAGE, ExitCode.RUNTIME}, result.text
        _complains(result, result.code, "file/figures")
