"""A skip is a hole in what was checked: people are told, and CI does not let it pass."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TESTS = {
    "test_program.py": """
        from support import requires
        def test_it():
            requires.program("no-such-program")
    """,
    "test_module.py": """
        from support import requires
        requires.module("no_such_module")
        def test_it():
            raise AssertionError
    """,
    "test_expected.py": """
        import pytest
        @pytest.mark.xfail(reason="known")
        def test_it():
            raise AssertionError
    """,
    "test_fine.py": """
        from support import requires
        def test_it():
            assert requires.program("python3") or requires.program("python")
    """,
}


@pytest.fixture
def outcome(tmp_path):
    """Run one of the tests above in a new process and return what pytest said."""

    def run(name, ci):
        (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
        lines = [line[8:] for line in TESTS[name].splitlines()]
        (tmp_path / name).write_text("\n".join(lines))
        (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {CONFTEST.parent}\n")
        command = [sys.executable, "-m", "pytest", "-rsf", "-p", "no:cacheprovider", name]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "CI": ci}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    return run


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("test_program.py", "needs the program no-such-program"),
        ("test_module.py", "needs the Python package no_such_module"),
    ],
)
def test_what_is_missing_skips_with_its_reason_but_fails_under_ci(outcome, name, reason):
    code, said = outcome(name, "")
    assert reason in said
    assert "1 skipped" in said
    code, said = outcome(name, "true")
    assert code != 0
    assert reason in said
    assert "Under CI a test must not skip" in said


@pytest.mark.parametrize("name", ["test_expected.py", "test_fine.py"])
@pytest.mark.parametrize("ci", ["", "true"])
def test_other_tests_are_left_alone(outcome, name, ci):
    code, said = outcome(name, ci)
    assert code == 0, said
