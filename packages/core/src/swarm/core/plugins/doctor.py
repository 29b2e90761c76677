"""What may keep swarm from working here, looked into and said in one sentence each."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from gevent import monkey

from swarm.core.patching import SKIP_VARIABLE
from swarm.core.plugins.discovery import CORE
from swarm.core.plugins.member import LEFT_OUT, Row
from swarm.core.plugins.requirements import satisfies, unconditional

ENOUGH_FILES = 10_000
"""Open files that a run of some size may need: every user holds a connection."""


@dataclass(frozen=True)
class Check:
    """What came of looking into one thing.

    Args:
        name: What was looked into.
        ok: Whether it is as it should be.
        detail: What was found.
        hint: What to do about it, "" if nothing.
    """

    name: str
    ok: bool
    detail: str
    hint: str = ""


def examine(directory: Path, rows: Sequence[Row], path: Iterable[str] | None = None) -> list[Check]:
    """Look into everything.

    Args:
        directory: Where the user works, whose files may hide swarm.
        rows: The report of the plugins, see `PluginSet.report`.
        path: Where Python looks for modules; `sys.path` if left out.
    """
    return [
        check_python(),
        check_namespace(sys.path if path is None else path),
        check_directory(directory),
        check_patch(),
        check_file_limit(),
        *check_requirements(CORE),
        *(check_plugin(row) for row in rows),
        *(check_fit(name) for name in sorted({row.distribution for row in rows} - {CORE, ""})),
    ]


def check_python() -> Check:
    """Is this Python new enough?"""
    running = ".".join(str(part) for part in sys.version_info[:3])
    wanted = _metadata(CORE, "Requires-Python")
    ok = satisfies(running, wanted)
    hint = "" if ok else f"swarm-core needs Python {wanted}."
    return Check("Python", ok, f"{running} at {sys.executable}", hint)


def check_namespace(path: Iterable[str]) -> Check:
    """Does a stray `swarm/__init__.py` turn the namespace into somebody's own package?"""
    places = (Path(entry or ".") / "swarm" / "__init__.py" for entry in path)
    strays = [str(place) for place in dict.fromkeys(places) if place.is_file()]
    if not strays:
        return Check("namespace", ok=True, detail="swarm is open to every distribution")
    return Check(
        "namespace",
        ok=False,
        detail=f"{', '.join(strays)} hides the other distributions of swarm",
        hint=f"Delete it: no part of swarm has such a file. rm {' '.join(strays)}",
    )


def check_directory(directory: Path) -> Check:
    """Does something beside the user's file hide swarm?"""
    name = "working directory"
    module = directory / "swarm.py"
    if module.is_file():
        detail = f"{module} hides swarm from test files that are run as scripts"
        return Check(name, ok=False, detail=detail, hint="Rename it, for example to swarmfile.py.")
    folder = directory / "swarm"
    # An ordinary folder of that name is another portion of the namespace and does no harm,
    # unless it holds what looks like a portion that is installed.
    shadows = [each for each in ("__init__.py", "core", "http") if (folder / each).exists()]
    if shadows:
        detail = f"{folder / shadows[0]} hides the swarm that is installed"
        return Check(name, ok=False, detail=detail, hint=f"Rename the folder {folder}.")
    return Check(name, ok=True, detail=f"nothing in {directory} hides swarm")


def check_patch() -> Check:
    """Is the standard library cooperative?"""
    patched = [
        name for name in ("socket", "ssl", "threading", "time") if monkey.is_module_patched(name)
    ]
    if len(patched) == 4:  # noqa: PLR2004 - all of those above
        return Check("gevent patch", ok=True, detail="the standard library is patched")
    return Check(
        "gevent patch",
        ok=False,
        detail="users would wait for each other: the standard library is not patched",
        hint=f"Unset {SKIP_VARIABLE}, or import swarm.core before anything else.",
    )


def check_file_limit() -> Check:
    """May this process open a file for every user?"""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return Check("open files", ok=True, detail="this system sets no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= ENOUGH_FILES:
        return Check("open files", ok=True, detail=f"{soft} allowed")
    most = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
    return Check(
        "open files",
        ok=False,
        detail=f"{soft} allowed, which is few: every user holds a connection",
        hint=f"ulimit -n {most}",
    )


def check_requirements(name: str) -> Iterator[Check]:
    """Are the libraries that the distribution `name` needs there, and new enough?"""
    try:
        requirements = distribution(name).requires or []
    except PackageNotFoundError:
        hint = f"pip install {name}"
        yield Check(name, ok=False, detail="is imported but not installed", hint=hint)
        return
    for library, bounds in unconditional(requirements):
        try:
            found = version(library)
        except PackageNotFoundError:
            hint = f"pip install '{library}{bounds}'"
            yield Check(library, ok=False, detail="is not installed", hint=hint)
            continue
        ok = satisfies(found, bounds)
        hint = "" if ok else f"pip install --upgrade '{library}{bounds}'"
        yield Check(library, ok, f"{found}, needed by {name}: {bounds or 'any'}", hint)


def check_plugin(row: Row) -> Check:
    """Is the plugin in order? One that is not selected is."""
    title = f"plugin {row.name}"
    origin = f"{row.distribution} {row.version}".strip()
    if row.status in LEFT_OUT:
        return Check(title, ok=False, detail=f"{origin} {row.error}".strip(), hint=row.hint)
    return Check(title, ok=True, detail=f"{origin}, {row.status}")


def check_fit(name: str) -> Check:
    """Does the distribution `name` admit this version of the core?"""
    title = f"{name} and {CORE}"
    core = _metadata(CORE, "Version")
    try:
        requirements = distribution(name).requires or []
    except PackageNotFoundError:
        return Check(title, ok=False, detail=f"the metadata of {name} cannot be read")
    bounds = next(
        (bounds for library, bounds in unconditional(requirements) if library == CORE), ""
    )
    if not bounds:
        return Check(title, ok=True, detail=f"{name} does not say which {CORE} it needs")
    ok = satisfies(core, bounds)
    hint = "" if ok else f"pip install --upgrade {name} {CORE}"
    return Check(title, ok, f"{name} needs {CORE}{bounds}, this is {core}", hint)


def _metadata(name: str, field: str) -> str:
    try:
        return distribution(name).metadata[field] or ""
    except PackageNotFoundError:
        return ""
