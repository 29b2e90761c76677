import stat
from pathlib import Path

import pytest

from swarm.core.exception import ConfigError
from swarm.core.reporting.file import replace, rewrite


def test_new_content_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "x"
    replace(path, "a long text")
    replace(path, "short")
    assert path.read_text() == "short"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        replace(tmp_path / "missing" / "x", "text")
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_to_and_not_replaced():
    replace(Path("/dev/null"), "text")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_disk_is_an_error():
    with pytest.raises(ConfigError, match="/dev/full cannot be written: No space left"):
        replace(Path("/dev/full"), "text")


def test_a_file_that_two_runs_write_has_no_gaps(tmp_path):
    path = tmp_path / "x.csv"
    with rewrite(path) as first:
        first.write("first\n")
        first.flush()
        with rewrite(path) as second:
            second.write("second\n")
        first.write("first\n")
    assert path.read_text() == "second\nfirst\n"
