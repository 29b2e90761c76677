"""The command against a real HTTP server: what it reports is what the server saw."""

import csv
import json

import pytest

from support.command import swarm
from support.http_server import HttpServer
from swarm.core.exception import ExitCode

KINDS = ("HttpUser", "FastHttpUser")
RUN = ("--headless", "-u", "5", "-r", "50", "-t", "1s", "--stop-timeout", "10")
NOBODY = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def server():
    with HttpServer() as server:
        yield server


def _visitor(kind: str, *calls: str) -> str:
    lines = "\n".join(f"        self.client.get({call})" for call in calls)
    return f"""
from swarm.core import constant, task
from swarm.http import {kind}

class Visitor({kind}):
    wait_time = constant(0.02)

    @task
    def visit(self):
{lines}
"""


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_reported_is_what_the_server_counted(tmp_path, write, server, kind):
    write(_visitor(kind, "'/hello'", "'/echo?page=1', name='/echo'"))
    server.reset()
    result = swarm(*RUN, "-H", server.url, "--json-file", "run.json", "--csv", "run", cwd=tmp_path)
    counted = server.counters()
    assert result.code == ExitCode.OK, result.text
    rows = {row["name"]: row for row in json.loads((tmp_path / "run.json").read_text())["stats"]}
    assert rows["/hello"]["num_requests"] == counted["/hello"] > 20
    assert rows["/echo"]["num_requests"] == counted["/echo"] == counted["/hello"]
    with (tmp_path / "run_stats.csv").open() as file:
        in_csv = {row["Name"]: int(row["Request Count"]) for row in csv.DictReader(file)}
    assert in_csv["/hello"] == counted["/hello"]
    assert in_csv["Aggregated"] == counted["/hello"] + counted["/echo"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "Visitor has no host"), (["-H", "localhost:80"], "does not start with http://")],
    ids=["no host", "no scheme"],
)
def test_a_host_that_cannot_be_used_is_said_once(tmp_path, write, kind, arguments, said):
    write(_visitor(kind, "'/hello'"))
    result = swarm("--headless", "-u", "20", "-r", "100", *arguments, cwd=tmp_path, timeout=20)
    assert result.code == ExitCode.USAGE
    assert result.err.count(said) == 1
    assert "Traceback" not in result.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_connection_is_a_failure_row(tmp_path, write, kind):
    write(_visitor(kind, "'/hello'"))
    result = swarm(*RUN, "-H", NOBODY, "--json", cwd=tmp_path)
    row, *_ = json.loads(result.out)["stats"]
    assert result.code == ExitCode.FAILURES
    assert row["num_failures"] == row["num_requests"] > 0
    assert "refused" in result.err
    assert "Traceback" not in result.text


MISBEHAVIOUR = ("close-mid-body", "invalid-header", "redirect-loop", "endless-head")


@pytest.mark.parametrize("kind", KINDS)
def test_a_misbehaving_server_gives_failure_rows_and_no_traceback(tmp_path, write, server, kind):
    calls = [f"'/{path}'" for path in MISBEHAVIOUR]
    write(_visitor(kind, *calls, "'/invalid-utf8'", "'/big/100000000'"))
    result = swarm(
        *("--headless", "-u", "1", "-t", "2s", "-s", "30s", "--json"),
        *("-H", server.url),
        cwd=tmp_path,
        timeout=60,
    )
    rows = {row["name"]: row for row in json.loads(result.out)["stats"]}
    assert result.code == ExitCode.FAILURES
    assert "Traceback" not in result.text, result.text
    for path in MISBEHAVIOUR:
        row = rows[f"/{path}"]
        assert row["num_failures"] == row["num_requests"] > 0, path
    assert rows["/big/100000000"]["num_failures"] == 0
    assert rows["/big/100000000"]["avg_content_length"] == 100_000_000


def test_what_is_installed_but_not_used_is_not_imported(tmp_path, write):
    write("""
        import sys
        from swarm.core import User, events, task

        class Quick(User):
            @task
            def look(self):
                self.environment.runner.quit()

        @events.quit.add_listener
        def tell(**kwargs):
            heavy = {"flask", "zmq", "requests", "geventhttpclient", "configargparse", "msgpack"}
            print(sorted(heavy & set(sys.modules)))
    """)
    result = swarm("--headless", cwd=tmp_path, timeout=20)
    assert result.out == "[]\n", result.text
