import resource
import sys
from pathlib import Path

import pytest

from swarm.core.plugins import Selection, doctor, load
from swarm.core.plugins.member import Row


def by_name(checks):
    return {check.name: check for check in checks}


def test_a_sound_place_passes_every_check(tmp_path):
    checks = doctor.examine(tmp_path, [])
    assert [check for check in checks if not check.ok and check.name != "open files"] == []
    assert {"Python", "namespace", "gevent patch", "gevent", "stevedore"} <= set(by_name(checks))


def test_every_failed_check_says_what_to_do(tmp_path):
    (tmp_path / "swarm.py").touch()
    row = Row("kafka", "swarm-kafka", "1.0", (), "broken", "cannot be imported: X", "pip install y")
    failed = [check for check in doctor.examine(tmp_path, [row]) if not check.ok]
    assert len(failed) >= 2
    assert all(check.hint for check in failed if "metadata" not in check.detail)


def test_a_stray_init_file_of_the_namespace_is_found(tmp_path):
    stray = tmp_path / "swarm" / "__init__.py"
    stray.parent.mkdir()
    stray.touch()
    check = doctor.check_namespace([*sys.path, str(tmp_path), str(tmp_path)])
    assert not check.ok
    assert check.detail == f"{stray} hides the other distributions of swarm"
    assert f"rm {stray}" in check.hint


@pytest.mark.parametrize(
    "name", ["swarm.py", "swarm/__init__.py", "swarm/core/x.py", "swarm/http/x.py"]
)
def test_files_beside_the_user_s_that_hide_swarm_are_found(tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    check = doctor.check_directory(tmp_path)
    assert not check.ok
    assert "Rename" in check.hint


def test_an_ordinary_folder_named_swarm_does_no_harm(tmp_path):
    (tmp_path / "swarm" / "data").mkdir(parents=True)
    assert doctor.check_directory(tmp_path).ok


def test_the_file_hides_swarm_indeed(site):
    (site.path / "swarm.py").touch()
    assert "'swarm' is not a package" in site.run("import swarm.core").stderr


def test_the_patch_is_seen_to_be_missing(site):
    code = """
        from swarm.core.plugins.doctor import check_patch
        check = check_patch()
        print(check.ok, check.hint)
    """
    done = site.run(code, SWARM_SKIP_MONKEY_PATCH="1")
    assert done.stdout.startswith("False Unset SWARM_SKIP_MONKEY_PATCH"), done.stderr


def test_few_open_files_are_reported_with_the_command_that_raises_the_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, hard))
    try:
        check = doctor.check_file_limit()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not check.ok
    assert check.detail.startswith("1000 allowed")
    assert check.hint.startswith("ulimit -n ")


def test_libraries_are_compared_with_the_bounds_in_the_metadata(site):
    site.install(
        "swarm-x", {}, requires=["gevent>=999", "not-there-at-all>=2", "psutil", "z; extra == 'z'"]
    )
    checks = by_name(doctor.check_requirements("swarm-x"))
    assert {name: check.ok for name, check in checks.items()} == {
        "gevent": False,
        "not-there-at-all": False,
        "psutil": True,
    }
    assert checks["gevent"].hint == "pip install --upgrade 'gevent>=999'"
    assert checks["not-there-at-all"].hint == "pip install 'not-there-at-all>=2'"


def test_a_core_that_is_not_installed_is_reported():
    (check,) = doctor.check_requirements("swarm-never-installed")
    assert (check.ok, check.hint) == (False, "pip install swarm-never-installed")


def test_a_plugin_for_another_core_is_reported(site):
    site.install("swarm-future", {}, requires=["swarm-core>=99,<100"])
    site.install("swarm-fitting", {}, requires=["swarm-core>=0.1,<1"])
    site.install("swarm-silent", {}, requires=[])
    future = doctor.check_fit("swarm-future")
    assert not future.ok
    assert "needs swarm-core>=99,<100" in future.detail
    assert doctor.check_fit("swarm-fitting").ok
    assert doctor.check_fit("swarm-silent").ok


def test_plugins_are_reported_with_their_status(site, install):
    install("kafka")
    site.install("swarm-boom", {"swarm.plugins": {"boom": "nowhere:plugin"}})
    rows = load(Selection(), offers=site.offers(), strict=False).report()
    checks = by_name(doctor.examine(Path("/"), rows))
    assert checks["plugin kafka"].ok
    assert not checks["plugin boom"].ok
    assert "swarm-boom 1.0 cannot be imported" in checks["plugin boom"].detail
