"""The order in which a process starts, seen from inside processes that start."""

import pytest

from support.command import swarm
from support.distributions import Site

NOTE = """
import os
from gevent import monkey
def note(what):
    with open(os.environ["NOTES"], "a") as file:
        file.write(f"{what} {monkey.is_module_patched('socket')}\\n")
"""
PREPARE = """
import notes
def prepare():
    notes.note("prepare")
"""
PLUGIN = """
import types
import notes
notes.note("plugin")
plugin = types.SimpleNamespace(name="noting", api=1)
"""
TEST_FILE = """
import notes
notes.note("test file")
from swarm.core import User, task

class Noting(User):
    @task
    def nothing(self):
        pass
"""


@pytest.fixture
def site(tmp_path):
    place = Site(tmp_path / "site")
    place.install(
        "swarm-noting",
        {
            "swarm.prepare": {"noting": "noting_prepare:prepare"},
            "swarm.plugins": {"noting": "noting_plugin:plugin"},
        },
        {"notes.py": NOTE, "noting_prepare.py": PREPARE, "noting_plugin.py": PLUGIN},
    )
    return place


def test_the_command_patches_then_prepares_then_loads_plugins_then_the_test_file(site, tmp_path):
    (tmp_path / "swarmfile.py").write_text(TEST_FILE)
    notes = tmp_path / "notes.txt"
    done = swarm("--list", cwd=tmp_path, PYTHONPATH=str(site.path), NOTES=str(notes))
    assert notes.read_text().splitlines() == ["prepare True", "plugin True", "test file True"], done
    assert "Noting" in done.out


def test_importing_the_core_patches_before_anything_else(site):
    code = """
        import swarm.core
        import socket, ssl, threading
        from gevent import monkey
        print(socket.socket.__module__, monkey.is_module_patched("ssl"), threading.Lock().__class__)
    """
    done = site.run(code)
    assert done.stdout.startswith("gevent._socket3 True"), done.stderr
    assert "gevent" in done.stdout.split()[-1]
    assert "Warning" not in done.stderr


def test_nothing_that_binds_a_socket_is_imported_between_the_core_and_the_patch(site):
    code = """
        import sys
        seen = []
        class Watch:
            def find_spec(self, name, path=None, target=None):
                seen.append(name)
        sys.meta_path.insert(0, Watch())
        import swarm.core
        before = seen[: seen.index("gevent")]
        print([name for name in before if name == "swarm" or name.startswith("swarm.core")])
        print([name for name in before if name in {"socket", "ssl", "threading", "selectors"}])
    """
    done = site.run(code)
    assert done.stdout == "['swarm', 'swarm.core', 'swarm.core.patching']\n[]\n", done.stderr


def test_importing_the_core_twice_patches_once(site):
    code = """
        import swarm.core, socket
        first = socket.socket
        from swarm.core.patching import patch
        print(patch(), socket.socket is first)
    """
    assert site.run(code).stdout == "True True\n"


def test_the_patch_can_be_left_out(site):
    code = """
        import socket, sys
        before = socket.socket
        import swarm.core
        from swarm.core.patching import patch
        print(patch(), socket.socket is before, "gevent.monkey" in sys.modules)
    """
    assert site.run(code, SWARM_SKIP_MONKEY_PATCH="1").stdout == "False True False\n"
    assert site.run(code, SWARM_SKIP_MONKEY_PATCH="0").stdout.startswith("True False")
