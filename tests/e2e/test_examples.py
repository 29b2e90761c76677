"""Every example runs, with the command as its reader would type it, against the demo's shop."""

import json
import os
import subprocess
import sys

import pytest

from support.processes import ROOT, serving

EXAMPLES = ROOT / "examples"
SHAPES = sorted(path.name for path in (EXAMPLES / "shapes").glob("*.py"))
# What a file needs beside the usual, and which of its rows must have been seen.
SCENARIOS = {
    "basic.py": ([], {"/", "/product/[id]"}),
    "weights_and_counts.py": ([], {"/", "/search (admin)"}),
    "tags.py": (["--tags", "read", "--exclude-tags", "slow"], {"/"}),
    "task_sets.py": ([], {"/search", "/product/[id]"}),
    "sequential.py": ([], {"/login", "/cart", "/product/7"}),
    "markov.py": ([], {"/", "/search"}),
    "validating.py": ([], {"/product/[id]", "/product/[missing]"}),
    "grouping.py": ([], {"/product/[by argument]", "/product/[by context manager]"}),
    "rest.py": ([], {"/login", "/cart"}),
    "concurrency.py": ([], {"/", "/product/[id]"}),
    "connections.py": ([], {"/ (closes)", "/ (new connection, fast)"}),
    "request_context.py": ([], {"/", "/product/1"}),
    "custom_arguments.py": (["--greeting", "hello", "--stage", "staging"], {"/"}),
    "exit_code.py": ([], {"/"}),
    "test_data.py": ([], {"/login", "/cart"}),
    "request_log.py": ([], {"/"}),
    "other_protocol.py": (["--host", "http://127.0.0.1:18877"], {"add"}),
    "test_pytest_style.py": ([], {"/", "/search"}),
    "demo/swarmfile.py": ([], {"/", "/product/[id]", "/login"}),
}
TOLD_OTHERWISE = {"stop_on_failures.py", "library.py", "debugging.py"}


@pytest.fixture(scope="module")
def shop():
    with serving(EXAMPLES / "demo" / "shop.py") as address:
        yield address


@pytest.fixture
def run(shop, tmp_path):
    """Run an example headless; gives the finished process and its final statistics."""

    def run_example(name, *options, limit="1.5s", environment=None):
        results = tmp_path / "results.json"
        command = [sys.executable, "-m", "swarm", "-f", str(EXAMPLES / name), "--headless"]
        command += ["--host", shop, "-u", "6", "-r", "50", "--json-file", str(results)]
        command += ["--only-summary", "-t", limit] if limit else ["--only-summary"]
        done = subprocess.run(
            [*command, *options],
            cwd=tmp_path,
            env=os.environ | (environment or {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        rows = json.loads(results.read_text()) if results.exists() else None
        return done, rows

    return run_example


def names(statistics):
    rows = statistics["stats"] if isinstance(statistics, dict) else statistics
    return {row["name"] for row in rows}


def test_every_example_is_run_by_one_of_these_tests():
    files = {
        str(path.relative_to(EXAMPLES))
        for path in EXAMPLES.rglob("*.py")
        if path.parent.name != "shapes" and path.name not in {"shop.py", "demo.py"}
    }
    assert files == SCENARIOS.keys() | TOLD_OTHERWISE


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_example_runs_and_nothing_unexpected_fails(name, run):
    options, expected = SCENARIOS[name]
    # The shop of the demo refuses some checkouts on purpose.
    tolerated = ["--exit-code-on-error", "0"] if name.startswith("demo/") else []
    done, statistics = run(name, *options, *tolerated)
    assert done.returncode == 0, done.stdout + done.stderr
    assert expected <= names(statistics)


@pytest.mark.parametrize("name", SHAPES)
def test_the_shape_drives_the_load_and_ends_the_test(name, run):
    done, statistics = run(f"shapes/{name}", limit=None)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert names(statistics)


def test_a_watching_greenlet_stops_the_run_early(run):
    done, _ = run("stop_on_failures.py", limit="30s")
    assert "that is enough" in done.stdout
    assert done.returncode == 1


def test_an_argument_of_the_test_file_reaches_it(run):
    done, _ = run("custom_arguments.py", "--greeting", "good morning")
    assert "good morning" in done.stdout


def test_the_request_log_has_a_line_per_request(run, tmp_path):
    path = tmp_path / "requests.csv"
    done, statistics = run("request_log.py", environment={"REQUEST_LOG": str(path)})
    assert done.returncode == 0, done.stderr
    rows = statistics["stats"] if isinstance(statistics, dict) else statistics
    requests = sum(row["num_requests"] for row in rows if row["name"] == "/")
    assert len(path.read_text().splitlines()) == requests + 1


def test_swarm_runs_as_a_library(shop, tmp_path):
    done = subprocess.run(
        [sys.executable, EXAMPLES / "library.py"],
        cwd=tmp_path,
        env=os.environ | {"HOST": shop},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "requests, 0 failures" in done.stdout


def test_one_user_runs_in_a_debugger(shop, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-u", EXAMPLES / "debugging.py"],
        cwd=tmp_path,
        env=os.environ | {"HOST": shop},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            lines = [process.stdout.readline() for _ in range(3)]
        finally:
            process.kill()
    assert lines[0].split()[:3] == ["time", "type", "name"]
    assert "GET" in lines[1]


def test_the_pytest_style_example_passes_under_pytest(shop, tmp_path):
    path = EXAMPLES / "test_pytest_style.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-H", shop, path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
