"""What `swarm` tells without running a test."""

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import SWARM, environment, swarm
from swarm.core.exception import ExitCode

TWO = """
from swarm.core import TaskSet, User, constant, tag, task

class Reader(User):
    weight = 3
    wait_time = constant(1)

    @task(3)
    def read(self):
        pass

    @tag("slow")
    @task
    def search(self):
        pass

class Writer(User):
    wait_time = constant(1)

    @task
    class Editing(TaskSet):
        @task
        def edit(self):
            pass

class Base(User):
    abstract = True
"""


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_with_place_and_python(tmp_path, flag):
    code, out, err = swarm(flag, cwd=tmp_path)
    assert code == ExitCode.OK
    assert out.startswith("swarm 0.1.0 from /")
    assert out.endswith(f" (Python {platform.python_version()})\n")
    assert err == ""
    assert swarm("-f", "nowhere.py", flag, cwd=tmp_path).out == out


def test_the_version_needs_neither_gevent_nor_a_parser(tmp_path):
    script = (
        "import sys; from swarm.__main__ import main; main(['-V']);"
        "print(sorted({'gevent', 'argparse', 'swarm.core'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["swarm", "swarm.core"])
def test_it_runs_as_a_module_too(tmp_path, module):
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("swarm 0.1.0")


def test_list_shows_the_users_that_can_be_run(tmp_path, write):
    write(TWO)
    result = swarm("--list", cwd=tmp_path)
    assert result.code == ExitCode.OK
    assert result.out.split() == ["Reader", "Writer"]


def test_names_that_stdout_has_no_characters_for_are_escaped(tmp_path, write):
    write("from swarm.core import User, task\nclass Größe(User):\n    @task\n    def f(self): ...")
    result = swarm("--list", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert result.code == ExitCode.OK, result.text
    assert result.out == "Gr\\xf6\\xdfe\n"


def test_a_full_disk_is_no_defect(tmp_path, write):
    write(TWO)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [SWARM, "--list"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == "swarm: error: There is no space left on the disk to write to\n"
    assert done.returncode == ExitCode.RUNTIME


def test_the_task_ratio_as_json(tmp_path, write):
    write(TWO)
    result = swarm("--show-task-ratio-json", "-u", "4", cwd=tmp_path)
    assert result.code == ExitCode.OK, result.text
    ratio = json.loads(result.out)
    assert ratio["total"]["Reader"]["ratio"] == 0.75
    assert ratio["per_class"]["Reader"]["tasks"]["read"]["ratio"] == 0.75
    assert ratio["per_class"]["Writer"]["tasks"]["Editing"]["tasks"]["edit"]["ratio"] == 1.0


def test_the_task_ratio_as_a_table(tmp_path, write):
    write(TWO)
    result = swarm("--show-task-ratio", "-u", "4", cwd=tmp_path)
    assert result.code == ExitCode.OK
    assert "75.0 %" in result.out
    assert "edit" in result.out


def test_the_task_ratio_of_some_tags_and_some_users(tmp_path, write):
    write(TWO)
    result = swarm("--show-task-ratio-json", "--tags", "slow", "--", "Reader", cwd=tmp_path)
    assert result.code == ExitCode.OK, result.text
    ratio = json.loads(result.out)
    assert set(ratio["per_class"]) == {"Reader"}
    assert set(ratio["per_class"]["Reader"]["tasks"]) == {"search"}


def test_plugins_lists_the_cores_own_reporters(tmp_path):
    result = swarm("plugins", "--json", cwd=tmp_path)
    assert result.code == ExitCode.OK
    rows = {row["name"]: row for row in json.loads(result.out)}
    assert {"console", "csv", "json"} <= set(rows)
    assert {rows[name]["status"] for name in ("console", "csv", "json")} == {"loaded"}
    table = swarm("plugins", cwd=tmp_path).out
    assert all(name in table for name in rows)


def test_the_doctor_says_what_hides_swarm(tmp_path):
    healthy = swarm("doctor", cwd=tmp_path)
    (tmp_path / "swarm.py").write_text("")
    ill = swarm("doctor", cwd=tmp_path)
    assert "FAIL" not in healthy.out, healthy.out
    assert healthy.code == ExitCode.OK
    assert ill.code == ExitCode.FAILURES
    assert "swarm.py" in ill.out


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_help_shows_options_and_commands(tmp_path, arguments):
    result = swarm(*arguments, cwd=tmp_path)
    assert result.code == ExitCode.OK
    assert "--run-time" in result.out
    assert "doctor" in result.out
    assert result.err == ""


def test_help_knows_the_options_of_the_test_file(tmp_path, write):
    write("""
        from swarm.core import events

        @events.init_command_line_parser.add_listener
        def add(parser):
            parser.add_argument("--greeting", help="What to say")
    """)
    assert "--greeting" in swarm("--help", cwd=tmp_path).out


@pytest.mark.parametrize("flag", ["--help", "--version", "--list"])
@pytest.mark.parametrize("sink", ["| :", ">&-"])
def test_a_reader_who_leaves_is_no_error(tmp_path, write, flag, sink):
    write(TWO)
    command = f"{sys.executable} -m swarm {flag} {sink}"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


def test_a_word_that_is_neither_command_nor_user(tmp_path, write):
    write(TWO)
    result = swarm("doctr", cwd=tmp_path)
    assert result.code == ExitCode.USAGE
    assert "doctr" in result.err
    assert "Did you mean doctor?" in result.err
