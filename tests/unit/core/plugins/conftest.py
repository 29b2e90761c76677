"""What the tests of the plugins share: a place to install tiny distributions in."""

import sys
from pathlib import Path

import pytest

from support.distributions import Site

PLUGIN = """
class {cls}:
    name = "{name}"
    api = 1
{body}

plugin = {cls}()
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Distributions that this process can import; their modules are forgotten afterwards."""
    place = Site(tmp_path / "site")
    place.path.mkdir()
    monkeypatch.syspath_prepend(str(place.path))
    before = set(sys.modules)
    yield place
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and place.path in Path(file).parents:
            del sys.modules[name]


@pytest.fixture
def install(site):
    """Install the distribution swarm-NAME with a plugin object whose methods are given."""

    def install_plugin(name, *methods, api=1, distribution=None, version="1.0", extra=None):
        module = f"swarm_{name}_plugin"
        lines = "\n".join(methods).splitlines() or ["pass"]
        source = PLUGIN.format(
            cls=name.title(), name=name, body="\n".join(f"    {line}" for line in lines)
        ).replace("api = 1", f"api = {api!r}")
        site.install(
            distribution or f"swarm-{name}",
            {"swarm.plugins": {name: f"{module}:plugin"}, **(extra or {})},
            {f"{module}.py": source},
            version=version,
        )
        return site

    return install_plugin
