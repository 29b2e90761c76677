"""The distributions under test: built here, or handed over by nox."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import requires

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "http")
BUILT = os.environ.get("BUILT_DISTRIBUTIONS")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The directory with wheel and sdist of each package, by package."""
    if BUILT:
        return Path(BUILT)
    requires.module("build")
    out = tmp_path_factory.mktemp("dist")
    for package in PACKAGES:
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out / package)]
        source = str(ROOT / "packages" / package)
        done = subprocess.run([*command, source], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(params=PACKAGES)
def package(request):
    """The folder of a package under packages/."""
    return request.param


@pytest.fixture
def wheel(built, package):
    """The wheel of the package."""
    (path,) = (built / package).glob("*.whl")
    return path


@pytest.fixture
def sdist(built, package):
    """The source distribution of the package."""
    (path,) = (built / package).glob("*.tar.gz")
    return path
