"""What no file of the repository may contain."""

import re
import subprocess
from pathlib import Path

import pytest

from support import requires

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+")
# Put together here, so that this file is no finding of its own.
FORBIDDEN = [
    "|".join([r"--(?:extra-)?index-" + "url", r"--find-" + "links", r"--trusted-" + "host"]),
    r"https?://[^\s\"']*/" + r"simple\b",
    r"https?://[^\s\"'/@]+:[^\s\"'/@]+@[^\s\"'<{]*" + r"(?:pypi|index|artifact)",
    r"(?:PIP|UV)_[A-Z_]*" + r"(?:URL|LINKS|HOST)\b",
    r"\[\[(?:tool\.uv\.)?" + r"index\]\]",
]


@pytest.fixture(scope="module")
def committed():
    """The files under version control."""
    git = requires.program("git")
    command = [git, "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip(f"needs a git repository: {listed.stderr.strip()}")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def readable(path):
    try:
        return path.read_text()
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_file_says_where_packages_come_from(committed, pattern):
    """Index settings are those of each machine; a file with one would break the others."""
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in committed
        if (match := re.search(pattern, readable(path)))
    ]
    assert found == []


def test_constraints_are_exact_pins_and_nothing_else():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 40
    assert [line for line in pins if not PIN.fullmatch(line)] == []


def test_no_source_folder_has_an_init_file_of_the_namespace(committed):
    assert [path for path in committed if path.match("packages/*/src/swarm/__init__.py")] == []


def test_what_is_built_is_not_committed(committed):
    unwanted = {".venv", ".nox", "dist", "_build", "__pycache__", "node_modules"}
    assert [path for path in committed if unwanted & set(path.relative_to(ROOT).parts)] == []
