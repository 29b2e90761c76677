"""Every Python block of the documentation is executed; every command line of it is parsed."""

import os
import shlex
import subprocess
import sys

import pytest
from markdown_it import MarkdownIt

from support.processes import ROOT, serving
from swarm.core.config import build_parser, parse_options

SUPPORT = ROOT / "tests" / "support"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "packages/*/README.md", "examples/*.md")
    for path in ROOT.glob(pattern)
)


def blocks(language):
    for page in PAGES:
        for token in MarkdownIt().parse(page.read_text()):
            if token.type == "fence" and token.info.strip() == language:
                yield page, token.map[0] + 1, token.content


def where(page, line):
    return f"{page.relative_to(ROOT)}:{line}"


PYTHON = [pytest.param(code, id=where(page, line)) for page, line, code in blocks("python")]
COMMANDS = [
    pytest.param(command[2:], id=where(page, line + number))
    for page, line, code in blocks("console")
    for number, command in enumerate(code.splitlines(), 1)
    if command.startswith("$ swarm ") and " plugins" not in command and " doctor" not in command
]


@pytest.fixture(scope="module")
def host():
    with serving(SUPPORT / "obliging_server.py") as address:
        yield address


def test_there_are_blocks_to_execute():
    assert len(PYTHON) > 30
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("code", PYTHON)
def test_the_block_runs_as_shown(code, host, tmp_path):
    # Addresses that stand for "your system" become the test server's.
    code = code.replace("http://127.0.0.1:8000", host)
    path = tmp_path / "shown_block.py"
    path.write_text(code)
    run = subprocess.run(
        [sys.executable, SUPPORT / "run_block.py", path, host],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_has_only_options_that_exist(command, tmp_path):
    words = shlex.split(command.split(" > ")[0])[1:]
    (tmp_path / "users.json").write_text("[]")
    options = parse_options(words, environ={}, directory=tmp_path, parser=build_parser())
    assert options
