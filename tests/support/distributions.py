"""Tiny distributions, installed as pip leaves them: a dist-info folder and modules."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from pathlib import Path

from swarm.core.plugins.contract import GROUPS
from swarm.core.plugins.discovery import Offer, discover

TIMEOUT = 60.0
"""Seconds after which a process that has not ended is taken for hanging."""


class Site:
    """A directory like site-packages.

    Args:
        path: An empty directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._installed: list[Path] = []

    def install(
        self,
        distribution: str,
        entry_points: Mapping[str, Mapping[str, str]],
        modules: Mapping[str, str] | None = None,
        version: str = "1.0",
        requires: Iterable[str] = (),
    ) -> None:
        """Install a distribution.

        Args:
            distribution: Its name.
            entry_points: Values by name by group.
            modules: Source by file name, relative to the directory.
            version: Its version.
            requires: What it requires.
        """
        info = self.path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", f"Name: {distribution}", f"Version: {version}"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        sections = (
            "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in names.items())])
            for group, names in entry_points.items()
        )
        (info / "entry_points.txt").write_text("\n".join(sections) + "\n")
        for name, source in (modules or {}).items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(source))
        self._installed.append(info)

    def offers(self) -> tuple[Offer, ...]:
        """Return what is installed here, and only here, in the order of installation."""
        return discover(
            entry_point
            for info in self._installed
            for entry_point in Distribution.at(info).entry_points
            if entry_point.group in GROUPS
        )

    def run(
        self, code: str, *arguments: str, cwd: Path | None = None, **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run Python code in a new process that sees these distributions first."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SWARM_")}
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), *arguments],
            cwd=cwd or self.path,
            env={**inherited, "PYTHONPATH": str(self.path), **variables},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
