"""pytest runs with our fixtures, each in a process of its own."""

import subprocess
import sys

import pytest

PLAIN = [sys.executable, "-m", "pytest"]
PATCHED = [sys.executable, "-m", "gevent.monkey", "--module", "pytest"]


@pytest.fixture
def run(tmp_path):
    """Run pytest on a test file (and a conftest.py)."""

    def start(code, *arguments, conftest="", command=PLAIN):
        (tmp_path / "test_it.py").write_text(code)
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
        options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(
            [*command, *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return start


DOCUMENTED = """
from swarm.http import HttpSession  # this import is just for type hints
import time

def test_stuff(session):
    if not session.base_url:
        session.base_url = "{url}"
    resp = session.get("/hello")
    resp.raise_for_status()
    with session.get("/", catch_response=True) as resp:
        if not resp.text or not "world" in resp.text:
            resp.failure("important text was missing in response")
    resp.raise_for_status()
    helper_function(session)
    time.sleep(0.01)

def helper_function(session: HttpSession):
    assert session.get("/status/404").status_code == 404
"""


@pytest.mark.parametrize("command", [PLAIN, PATCHED], ids=["plain", "patched"])
def test_the_documented_example_passes(run, server, command):
    code, output = run(DOCUMENTED.format(url=server.url), command=command)

    assert code == 0, output


@pytest.mark.parametrize("flags", [["--host"], ["-H"], ["--swarm-host"]], ids=str)
def test_the_base_host_comes_from_the_command_line(run, server, flags):
    code, output = run(
        "def test_it(session):\n    assert session.get('/hello').text == 'hello world'\n",
        *flags,
        server.url,
    )

    assert code == 0, output


def test_a_host_without_scheme_is_refused_with_a_hint(run):
    code, output = run("def test_it(session): pass\n", "--host", "example.com")

    assert code == 1
    assert "does not start with http://" in output


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("session.get('http://127.0.0.1:1/')", "ConnectionError"),
        ("session.get('/status/500').raise_for_status()", "HTTPError"),
        (
            (
                "with session.get('/hello', catch_response=True) as response:\n"
                "        response.failure('wrong text')\n"
                "    response.raise_for_status()"
            ),
            "wrong text",
        ),
        (
            (
                "with session.get('http://127.0.0.1:1/', catch_response=True) as response:\n"
                "        pass"
            ),
            "ConnectionError",
        ),
    ],
    ids=["no answer", "error status", "failure", "no answer in a with-block"],
)
def test_a_request_that_fails_fails_the_test(run, server, lines, error):
    code, output = run(f"def test_it(session):\n    {lines}\n", "--host", server.url)

    assert code == 1, output
    assert error in output


@pytest.mark.parametrize(
    "lines",
    [
        "session.get('/status/500')",
        (
            "with session.get('/status/500', catch_response=True) as response:\n"
            "        response.success()\n"
            "    response.raise_for_status()"
        ),
        (
            "with session.get('http://127.0.0.1:1/', catch_response=True) as response:\n"
            "        response.success()"
        ),
    ],
    ids=["error status", "success", "success without an answer"],
)
def test_what_the_test_does_not_complain_about_passes(run, server, lines):
    code, output = run(f"def test_it(session):\n    {lines}\n", "--host", server.url)

    assert code == 0, output


def test_a_run_without_the_fixtures_neither_patches_nor_imports_swarm(run):
    code, output = run(
        "import sys\n"
        "def test_it():\n"
        "    assert not {'gevent', 'swarm.core', 'requests'} & {*sys.modules}\n"
    )

    assert code == 0, output


def test_the_fixtures_leave_the_rest_of_the_run_unpatched(run, server):
    code, output = run(
        "import socket\n"
        "def test_one(session):\n    assert session.get('/hello').ok\n"
        "def test_two():\n    assert socket.socket.__module__ == 'socket'\n",
        "--host",
        server.url,
    )

    assert code == 0, output


def test_a_conftest_with_an_option_of_the_same_name_goes_on_working(run, server):
    code, output = run(
        "def test_it(session, pytestconfig):\n"
        "    assert pytestconfig.getoption('--host') == session.base_url\n"
        "    assert session.get('/hello').ok\n",
        "--host",
        server.url,
        conftest="def pytest_addoption(parser):\n    parser.addoption('--host')\n",
    )

    assert code == 0, output


def test_a_foreign_option_that_is_no_address_is_left_alone(run):
    code, output = run(
        "def test_it(session):\n    assert session.base_url is None\n",
        "--host",
        "web1",
        conftest="def pytest_addoption(parser):\n    parser.addoption('--host', '-H')\n",
    )

    assert code == 0, output


def test_a_project_may_have_a_session_fixture_of_its_own(run):
    code, output = run(
        "def test_it(session):\n    assert session == 'mine'\n",
        conftest="import pytest\n@pytest.fixture\ndef session():\n    return 'mine'\n",
    )

    assert code == 0, output
