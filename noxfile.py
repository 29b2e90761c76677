"""How swarm is checked. `make test` runs the sessions that have `default` left on.

What needs only tools runs in the environment that `make` made in .venv, where the
packages are installed editable. Where the point is that a wheel is complete, the session
has an environment of its own, with wheels.
"""

import os
import shutil
from pathlib import Path

import nox

ROOT = Path(__file__).parent
TOOLS = ROOT / ".venv" / "bin"
DIST = ROOT / ".nox" / "dist"
PINNED = ("--constraint", "constraints.txt")
# A package stands on those before it: the core comes first, then its plugins.
PACKAGES = ("core", "http")

nox.needs_version = ">=2024.10.9"
nox.options.reuse_venv = "yes"
# `make` has tried whether uv can install here.
nox.options.default_venv_backend = "uv" if (ROOT / ".venv/with-uv").exists() else "virtualenv"


def tool(session: nox.Session, name: str, *arguments: str, **environment: str) -> None:
    """Run a program of the environment in .venv."""
    if not (TOOLS / name).exists():
        session.error(f"{name} is not in .venv, which `make lint` and its like set up")
    session.run(str(TOOLS / name), *arguments, external=True, env=environment)


def wheels(session: nox.Session, *packages: str) -> list[str]:
    """Build the wheels of packages, by way of their sdists, and return their paths."""
    paths = []
    for package in packages:
        out = DIST / package
        shutil.rmtree(out, ignore_errors=True)
        source = f"packages/{package}"
        tool(session, "python", "-m", "build", "--no-isolation", "--outdir", str(out), source)
        paths += map(str, out.glob("*.whl"))
    return paths


def install_wheels(session: nox.Session, *packages: str) -> None:
    """Install packages from their wheels and nothing that they do not ask for."""
    built = wheels(session, *packages)
    session.install(*PINNED, *built, env={"UV_COMPILE_BYTECODE": "1"})
    # The version stays the same while the code changes, so that it would be taken for done.
    session.install("--force-reinstall", "--no-deps", *built, env={"UV_COMPILE_BYTECODE": "1"})


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Style, formatting, spelling."""
    tool(session, "ruff", "check")
    tool(session, "ruff", "format", "--check")
    tool(session, "codespell")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Types, strictly."""
    tool(session, "mypy")


@nox.session(venv_backend="none")
def layers(session: nox.Session) -> None:
    """Which room may import which."""
    tool(session, "lint-imports")


@nox.session
def packaging(session: nox.Session) -> None:
    """Wheels and sdists carry what they need and work where nothing else is."""
    install_wheels(session, *PACKAGES)
    session.run("python", "tests/packaging/import_everything.py")
    session.run("swarm", "--version")
    tool(session, "pytest", "tests/packaging", BUILT_DISTRIBUTIONS=str(DIST))


@nox.session
@nox.parametrize("package", PACKAGES, ids=PACKAGES)
def unit(session: nox.Session, package: str) -> None:
    """One package alone: its wheel, the core's wheel, the tests."""
    install_wheels(session, *dict.fromkeys(("core", package)))
    groups = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "test")
    session.install(*PINNED, *groups)
    session.run("pytest", f"tests/unit/{package}", *session.posargs)


@nox.session(venv_backend="none")
def together(session: nox.Session) -> None:
    """All packages at once: all tests, and how much of the code they reach."""
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    # Peers have a session of their own, where they are installed.
    peers = "--ignore=tests/distributed/test_peers.py"
    tool(session, "coverage", "run", "-m", "pytest", peers, *session.posargs)
    tool(session, "coverage", "combine", "--quiet")
    tool(session, "coverage", "report")


@nox.session
def peers(session: nox.Session) -> None:
    """A coordinator and workers of another make, with ours on the other side."""
    session.install("--upgrade", "locust>=2.40")
    program = str(Path(session.bin) / "locust")
    tool(session, "pytest", "tests/distributed/test_peers.py", PEER_LOCUST=program)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    options = ("--fail-on-warning", "--keep-going", "--quiet")
    tool(session, "sphinx-build", *options, "docs", "docs/_build/html")


@nox.session(venv_backend="none", default=False)
def demo(session: nox.Session) -> None:
    """Load on a small shop, for about 20 seconds."""
    path = f"{TOOLS}{os.pathsep}{os.environ.get('PATH', '')}"
    tool(session, "python", "examples/demo/demo.py", *session.posargs, PATH=path)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure beside the best-known peer, whose newest version is installed for it.

    Both are installed as their users install them, compiled, each in an environment of its
    own: an editable install would start more slowly and measure that.
    """
    install_wheels(session, *PACKAGES)
    peer = Path(session.create_tmp()).resolve() / "peer"
    if not peer.exists():
        session.run("python", "-m", "venv", str(peer))
    interpreter = str(peer / "bin" / "python")
    pip = (interpreter, "-m", "pip", "install", "--quiet", "--upgrade", "locust")
    session.run(*pip, external=True)
    session.run("python", "benchmarks/run.py", "--peer-python", interpreter, *session.posargs)
