"""Test files that travel from a coordinator to its workers."""

import sys

import pytest

from swarm.core.cli.locate import locate
from swarm.core.cli.sharing import pack, unpack
from swarm.core.cli.testfiles import load_test_files
from swarm.core.exception import TestFileError

USER = """
from swarm.core import User, task
{more}

class {name}(User):
    @task
    def work(self):
        pass
"""


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])


@pytest.fixture
def write(tmp_path):
    def write_file(path: str, name: str = "", more: str = "") -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(USER.format(name=name, more=more) if name else more)

    return write_file


def sent(tmp_path, *names):
    return pack(locate(names, tmp_path), names, tmp_path)


def loaded(entries):
    folder, names = unpack(entries)
    return list(load_test_files(names, folder).user_classes)


def test_one_file_arrives_as_it_is(write, tmp_path):
    write("shop.py", "Buyer", more="# ümlaut\r\n")
    (entry,) = sent(tmp_path, "shop.py")
    assert entry == {
        "filename": "shop.py",
        "contents": (tmp_path / "shop.py").read_bytes().decode(),
    }
    folder, names = unpack([entry])
    assert names == [str(folder / "shop.py")]
    assert (folder / "shop.py").read_bytes() == (tmp_path / "shop.py").read_bytes()


def test_several_files_are_loaded_in_their_order(write, tmp_path):
    write("b/one.py", "First")
    write("a/two.py", "Second")
    assert loaded(sent(tmp_path, "b/one.py", "a/two.py")) == ["First", "Second"]


def test_files_of_one_name_in_two_directories_are_kept_apart(write, tmp_path):
    write("a/load.py", "First")
    write("b/load.py", "Second")
    assert loaded(sent(tmp_path, "a/load.py", "b/load.py")) == ["First", "Second"]


def test_a_directory_brings_the_files_that_its_tests_import(write, tmp_path):
    write("load/shop_load.py", "Buyer", more="from _prices import PRICE")
    write("load/_prices.py", more="PRICE = 5")
    write("load/venv/pyvenv.cfg", more="home = /")
    write("load/venv/other.py", more="raise SystemExit")
    entries = sent(tmp_path, "load")
    assert [entry["filename"] for entry in entries] == ["shop_load.py", "_prices.py"]
    assert loaded(entries) == ["Buyer"]


def test_a_package_arrives_whole(write, tmp_path):
    write("shop_pack/__init__.py")
    write("shop_pack/_prices.py", more="PRICE = 5")
    write("shop_pack/buyers.py", "Buyer", more="from shop_pack._prices import PRICE")
    assert loaded(sent(tmp_path, "shop_pack")) == ["Buyer"]


def test_the_address_of_a_file_stays_one(tmp_path):
    assert unpack(["https://files.example/test.py"])[1] == ["https://files.example/test.py"]


@pytest.mark.parametrize(
    "name", ["../evil.py", "/etc/evil.py", "a/../../evil.py", "evil.so", "", "a\0.py"]
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(TestFileError, match="is refused"):
        unpack([{"filename": name, "contents": ""}])


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(TestFileError, match="no address of a test file"):
        unpack(["file:///etc/passwd"])


def test_a_file_that_is_no_text_is_not_sent(tmp_path):
    (tmp_path / "load.py").write_bytes(b"\xff\xfe")
    with pytest.raises(TestFileError, match=r"load\.py cannot be sent to workers"):
        sent(tmp_path, "load.py")
