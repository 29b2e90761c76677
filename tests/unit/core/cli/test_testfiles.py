import copy
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from support.processes import serving
from swarm.core import User
from swarm.core.cli.testfiles import load_test_files, select_user_classes
from swarm.core.exception import ConfigError, ExitCode, PluginError, TestFileError

SERVER = Path(__file__).parents[3] / "support" / "source_server.py"


@pytest.fixture(autouse=True)
def _imports_as_before():
    paths, modules = sys.path[:], dict(sys.modules)
    yield
    sys.path[:] = paths
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]
    sys.modules.update(modules)


@pytest.fixture
def write(tmp_path):
    """Writes a file of the project."""

    def write_file(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file


@pytest.fixture
def load(tmp_path):
    """Loads files of the project."""

    def load_files(*names, collectors=()):
        return load_test_files(names or None, tmp_path, collectors)

    return load_files


@pytest.fixture
def fail(load):
    """Loads files that must not load; gives the error."""

    def load_files(*names, error=TestFileError, **more):
        with pytest.raises(error) as caught:
            load(*names, **more)
        return caught.value

    return load_files


def user(name="A", body="", imports="User"):
    return f"from swarm.core import {imports}\n\nclass {name}(User):\n    pass\n{body}"


def shape(name="Steps", body="        return None"):
    return (
        "from swarm.core import LoadTestShape\n\n"
        f"class {name}(LoadTestShape):\n    def tick(self):\n{body}\n"
    )


# --- finding files ---


def test_the_default_file_is_swarmfile_and_then_locustfile(write, load):
    write("locustfile.py", user("Theirs"))
    assert list(load().user_classes) == ["Theirs"]
    write("swarmfile.py", user("Ours"))
    assert list(load().user_classes) == ["Ours"]


def test_without_a_default_file_the_hint_says_how_to_name_one(write, fail, tmp_path):
    error = fail()
    assert str(error).endswith("contains neither swarmfile.py nor locustfile.py")
    assert error.hint == "Name your test file: -f FILE"
    assert error.exit_code is ExitCode.TEST_FILE
    write("my_test.py", user())
    assert fail().hint == "Name your test file: -f my_test.py"
    write("other.py", user())
    assert fail().hint == "Name your test file: -f FILE (here are my_test.py and other.py)"


def test_several_files_are_loaded_in_their_order(write, load, tmp_path):
    paths = [write("z.py", user("Z")), write("sub/a.py", user("A")), write("m.py", user("M"))]
    tests = load("z.py", "sub/a.py", str(paths[2]))
    assert list(tests.user_classes) == ["Z", "A", "M"]
    assert tests.files == tuple(paths)


def test_a_directory_is_searched_for_files_that_do_not_begin_with_an_underscore(write, load):
    write("swarmfiles/swarmfile1.py", user("One"))
    write("swarmfiles/swarmfile2.py", user("Two"))
    write("swarmfiles/more_files/swarmfile3.py", user("Three"))
    write("swarmfiles/more_files/_ignoreme.py", user("Ignored"))
    write("swarmfiles/.hidden/x.py", user("Hidden"))
    write("swarmfiles/_old/x.py", user("Old"))
    write("swarmfiles/env/pyvenv.cfg", "")
    write("swarmfiles/env/x.py", user("Installed"))
    write("swarmfiles/notes.txt", "nothing")
    assert list(load("swarmfiles").user_classes) == ["One", "Two", "Three"]


def test_links_that_lead_in_circles_are_not_followed(write, load, tmp_path):
    write("load/a.py", user())
    (tmp_path / "load" / "loop").symlink_to(tmp_path / "load")
    assert list(load("load").user_classes) == ["A"]


def test_an_empty_directory_is_refused(write, fail):
    write("load/_helper.py", "")
    assert "The directory load contains no test files" in str(fail("load"))


def test_a_file_that_is_named_twice_is_loaded_once(write, load, tmp_path):
    write("load/a.py", "loads = []\nloads.append(1)\n" + user())
    tests = load("load/a.py", "load", "./load/../load/a.py")
    assert tests.files == (tmp_path / "load" / "a.py",)


@pytest.mark.parametrize("name", ["my_test", "my_test.py", "./my_test.py", "sub/../my_test.py"])
def test_the_suffix_may_be_left_out(write, load, name):
    write("my_test.py", user())
    write("sub/x.py", "")
    assert list(load(name).user_classes) == ["A"]


def test_a_missing_file_is_told_what_was_probably_meant(write, fail):
    write("my_test.py", user())
    error = fail("my_tset.py")
    assert str(error) == "Could not find the test file my_tset.py"
    assert error.hint == "Did you mean my_test.py?"
    assert "module name or a URL" in fail("no/such/file.py").hint


def test_a_file_that_is_no_python_is_refused(write, fail):
    write("notes.txt", "hello")
    assert str(fail("notes.txt")) == "notes.txt is not a Python file"


def test_a_module_of_a_package_is_named_with_dots(write, load):
    write("tests/__init__.py", "")
    write("tests/common.py", "NAME = 'common'\n")
    write("tests/api.py", "from .common import NAME\n" + user("Api"))
    tests = load("tests.api")
    assert tests.user_classes["Api"].__module__ == "tests.api"


@pytest.mark.parametrize("name", ["loads", "./loads", "loads/__init__.py"])
def test_a_package_is_loaded_as_a_package(write, load, name):
    write("loads/__init__.py", "from .api import Api\n")
    write("loads/api.py", user("Api"))
    write("loads/_private.py", user("Private"))
    write("loads/deep/__init__.py", "")
    write("loads/deep/web.py", "from ..api import Api\nclass Web(Api):\n    pass\n")
    classes = load(name).user_classes
    assert classes["Api"].__module__ == "loads.api"
    if name != "loads/__init__.py":
        assert classes["Web"].__module__ == "loads.deep.web"
        assert list(classes) == ["Api", "Web"]


def test_a_package_of_the_same_name_in_another_project_is_another(write, load, tmp_path):
    write("loads/__init__.py", "")
    write("loads/a.py", user("First"))
    load("loads")
    write("elsewhere/loads/__init__.py", "")
    write("elsewhere/loads/a.py", user("Second"))
    tests = load_test_files(["loads"], tmp_path / "elsewhere")
    assert list(tests.user_classes) == ["Second"]


def test_a_package_that_fails_is_shown_by_its_own_lines(write, fail):
    write("loads/__init__.py", "1 / 0\n")
    write("loads/a.py", user())
    error = fail("loads.a")
    assert "loads/a.py could not be imported: ZeroDivisionError" in str(error)
    assert "loads/__init__.py" in str(error)


@pytest.fixture
def elsewhere(write, monkeypatch, tmp_path):
    """Writes a module that can be imported but does not lie in the project."""

    def write_module(name, text):
        monkeypatch.syspath_prepend(tmp_path / "elsewhere")
        return write(f"elsewhere/{name}", text)

    return write_module


def test_a_module_may_come_from_anywhere_that_can_be_imported(elsewhere, load):
    path = elsewhere("their_test.py", user("Theirs"))
    tests = load("their_test")
    assert (tests.files, list(tests.user_classes)) == ((path,), ["Theirs"])


def test_so_may_a_package(elsewhere, load):
    elsewhere("their_loads/__init__.py", "")
    elsewhere("their_loads/api.py", user("Api"))
    assert load("their_loads").user_classes["Api"].__module__ == "their_loads.api"
    assert load("their_loads.api").user_classes["Api"].__module__ == "their_loads.api"


def test_a_package_elsewhere_that_fails_is_explained(elsewhere, fail):
    elsewhere("their_loads/__init__.py", "import no_such_module\n")
    elsewhere("their_loads/api.py", user("Api"))
    assert "No module named 'no_such_module'" in str(fail("their_loads.api"))
    elsewhere("their_loads/__init__.py", "1 / 0\n")
    assert "ZeroDivisionError" in str(fail("their_loads.api"))


@pytest.mark.parametrize("name", ["sys", "their_loads.missing", "missing.part"])
def test_a_module_that_is_no_file_is_not_found(elsewhere, fail, name):
    elsewhere("their_loads/__init__.py", "")
    assert str(fail(name)) == f"Could not find the test file {name}"


def test_a_url_is_downloaded_and_loaded(load):
    with serving(SERVER) as address:
        tests = load(f"{address}/basic.py")
    assert list(tests.user_classes) == ["Remote"]


# --- importing them ---


def test_the_module_can_be_found_under_its_name(write, load):
    write(
        "my_test.py",
        """
        from dataclasses import dataclass
        from swarm.core import User

        @dataclass
        class Order:
            number: int

        class A(User):
            order = Order(5)
        """,
    )
    order = load("my_test.py").user_classes["A"].order
    assert type(order).__module__ == "my_test"
    assert pickle.loads(pickle.dumps(order)) == order
    assert copy.deepcopy(order) == order


def test_the_project_and_the_files_directory_can_be_imported_from(write, load):
    write("common/__init__.py", "")
    write("common/auth.py", "TOKEN = 'x'\n")
    write("load/helper.py", "NAME = 'helper'\n")
    write("load/my_test.py", "import common.auth\nimport helper\n" + user())
    assert list(load("load/my_test.py").user_classes) == ["A"]


def test_a_file_that_another_one_imports_is_loaded_once(write, load):
    write("first.py", "import second\n" + user("First"))
    write("second.py", user("Second"))
    assert list(load("first.py", "second.py").user_classes) == ["First", "Second"]


def test_files_of_the_same_name_do_not_collide(write, load):
    write("shop/users.py", user("Shop"))
    write("bank/users.py", user("Bank"))
    classes = load("shop/users.py", "bank/users.py").user_classes
    assert classes["Shop"].__module__ == "users"
    assert classes["Bank"].__module__ == "bank.users"
    assert sys.modules["bank.users"].Bank is classes["Bank"]


def test_a_file_is_read_afresh_each_time(write, load):
    write("my_test.py", user("Before"))
    load("my_test.py")
    write("my_test.py", user("Afterwards"))
    assert list(load("my_test.py").user_classes) == ["Afterwards"]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("http.py", "Python's own module http"),
        ("queue.py", "Python's own module queue"),
        ("swarm.py", "the package swarm"),
        ("gevent.py", "the installed package gevent"),
    ],
)
def test_a_name_that_hides_another_module_is_refused(write, fail, name, owner):
    write(name, user())
    error = fail(name)
    assert str(error) == f"{name} has the name of {owner} and would hide it"
    assert error.hint == f"Rename it, for example to {name[:-3]}_test."


def test_a_package_that_hides_another_is_refused(write, fail):
    write("gevent/__init__.py", "")
    write("gevent/a.py", user())
    assert "has the name of the installed package gevent" in str(fail("./gevent"))


@pytest.mark.parametrize("name", ["test.py", "tests.py", "my-test.py", "my.test.py"])
def test_other_names_are_free(write, load, name):
    write(name, user())
    assert list(load(name).user_classes) == ["A"]


@pytest.mark.parametrize("neighbour", ["swarm.py", "swarm/__init__.py"])
def test_a_neighbour_that_hides_swarm_is_named(write, fail, neighbour):
    write("load/my_test.py", user())
    write(f"load/{neighbour}", "")
    error = fail("load/my_test.py")
    assert f"{neighbour} hides the package swarm" in str(error)
    assert error.hint == "Rename it."


# --- what is wrong with them ---


def test_a_syntax_error_is_shown_with_its_line_and_a_caret(write, fail):
    write("my_test.py", 'x = 1\nprint("a"\n')
    assert str(fail("my_test.py")) == (
        "my_test.py has a syntax error in line 2: '(' was never closed\n"
        "\n"
        '    print("a"\n'
        "         ^"
    )


def test_a_syntax_error_in_an_imported_file_names_that_file(write, fail):
    write("my_test.py", "import helper\n" + user())
    write("helper.py", "def f(:\n")
    assert "helper.py has a syntax error in line 1" in str(fail("my_test.py"))


def test_a_file_that_is_no_text_is_refused(tmp_path, fail):
    (tmp_path / "my_test.py").write_bytes(b"x = '\xff'\n")
    assert "my_test.py has a syntax error" in str(fail("my_test.py"))
    (tmp_path / "my_test.py").write_bytes(b"x = '\0'\n")
    assert "null bytes" in str(fail("my_test.py"))


def test_an_exception_is_shown_from_the_test_file_onward(write, fail):
    path = write("my_test.py", "import json\n\njson.loads('{')\n")
    lines = str(fail("my_test.py")).splitlines()
    assert lines[0].startswith("my_test.py could not be imported: json.decoder.JSONDecodeError: ")
    assert lines[2:4] == [
        "Traceback (most recent call last):",
        f'  File "{path}", line 3, in <module>',
    ]
    assert not any("swarm/core" in line or "importlib" in line for line in lines)


def test_the_causes_of_an_exception_are_shown(write, fail):
    write(
        "my_test.py",
        """
        try:
            {}["token"]
        except KeyError as error:
            raise RuntimeError("no token") from error
        """,
    )
    text = str(fail("my_test.py"))
    assert "KeyError: 'token'" in text
    assert "RuntimeError: no token" in text


def test_a_file_that_failed_leaves_no_half_module(write, fail, load):
    write("my_test.py", "x = 1\n1 / 0\n")
    fail("my_test.py")
    assert "my_test" not in sys.modules


def test_a_file_that_exits_is_refused(write, fail):
    write("my_test.py", "import sys\nsys.exit(3)\n")
    error = fail("my_test.py")
    assert "my_test.py ended the process while it was imported, with exit(3)" in str(error)
    assert "__main__" in error.hint


def test_an_error_that_swarm_raises_is_passed_on(write, fail):
    write(
        "my_test.py",
        "from swarm.core.exception import ConfigError\nraise ConfigError('from within')\n",
    )
    assert str(fail("my_test.py", error=ConfigError)) == "from within"


@pytest.mark.parametrize("name", ["grpc", "mqtt", "socketio", "dns", "db", "ai"])
def test_a_plugin_that_is_not_installed_is_named_with_what_mends_it(write, fail, name):
    write("my_test.py", f"import os\nfrom swarm.{name} import Something\n")
    error = fail("my_test.py", error=PluginError)
    assert str(error) == f"my_test.py, line 2 imports swarm.{name}, which is not installed"
    assert error.hint == f"pip install swarm-{name}"
    assert error.exit_code is ExitCode.PLUGIN


def test_a_missing_module_is_named_with_its_line(write, fail):
    write("my_test.py", "import os\n\nimport no_such_module.deep\n")
    error = fail("my_test.py")
    assert str(error) == "my_test.py, line 3: No module named 'no_such_module'"
    assert error.hint == "If it is a package: pip install no_such_module"


def test_a_missing_module_of_an_imported_file_is_named_with_that_file(write, fail):
    write("my_test.py", "import helper\n" + user())
    path = write("helper.py", "import no_such_module\n")
    assert str(fail("my_test.py")) == f"{path}, line 1: No module named 'no_such_module'"


def test_a_missing_part_of_a_package_that_is_there_is_not_to_be_installed(write, fail):
    write("my_test.py", "import json.nothing\n")
    assert fail("my_test.py").hint == "json is there, but has no nothing."


def test_a_mistyped_part_of_swarm_is_told_what_was_meant(write, fail):
    write("my_test.py", "import swarm.cor\n")
    assert fail("my_test.py").hint == "Did you mean swarm.core?"


def test_a_relative_import_is_told_how_to_name_the_file(write, fail):
    write("my_test.py", "from . import helper\n")
    assert "-f package.module" in fail("my_test.py").hint


# --- what they define ---


def test_abstract_classes_and_those_of_swarm_are_no_users(write, load):
    write(
        "my_test.py",
        """
        from swarm.core import User, task
        from swarm.core.user import User as Renamed

        class Base(User):
            abstract = True

        class A(Base):
            pass

        Alias = A
        """,
    )
    assert list(load("my_test.py").user_classes) == ["A"]


def test_imported_users_count(write, load):
    write("base.py", user("Imported"))
    write("my_test.py", "from base import Imported\nclass B(Imported):\n    pass\n")
    assert list(load("my_test.py").user_classes) == ["Imported", "B"]


def test_two_classes_of_one_name_are_refused(write, fail):
    write("a.py", user("Same"))
    write("b.py", user("Same"))
    error = fail("a.py", "b.py")
    assert str(error) == "The user class Same is defined in a.py and b.py"
    assert error.hint


def test_a_class_that_two_files_import_is_one(write, load):
    write("base.py", user("Shared"))
    write("a.py", "from base import Shared\n")
    write("b.py", "from base import Shared\n")
    assert list(load("a.py", "b.py").user_classes) == ["Shared"]


def test_a_shape_may_stand_in_a_file_of_its_own(write, load):
    write("swarmfile.py", user())
    write("low_load.py", shape("LowLoad"))
    tests = load("swarmfile.py", "low_load.py")
    assert tests.shape_class is not None
    assert tests.shape_class.__name__ == "LowLoad"
    assert load("swarmfile.py").shape_class is None


def test_an_abstract_shape_does_not_count(write, load):
    base = shape("Base").replace("    def tick", "    abstract = True\n    def tick")
    write("my_test.py", user() + base + "class Own(Base):\n    pass\n")
    shape_class = load("my_test.py").shape_class
    assert shape_class is not None
    assert shape_class.__name__ == "Own"


def test_several_shapes_are_refused_with_their_names(write, fail):
    write("a.py", user() + shape("High"))
    write("b.py", shape("Low"))
    error = fail("a.py", "b.py")
    assert "several are defined: High (a.py) and Low (b.py)" in str(error)
    assert "abstract = True" in error.hint


def test_a_file_without_users_is_refused(write, fail):
    write("my_test.py", "x = 1\n")
    error = fail("my_test.py")
    assert str(error) == "my_test.py defines no user class"
    assert "HttpUser" in error.hint
    write("other.py", "y = 1\n")
    assert str(fail("my_test.py", "other.py")) == "my_test.py and other.py define no user class"


def test_a_file_with_only_abstract_users_is_told_so(write, fail):
    write("my_test.py", user().replace("pass", "abstract = True"))
    error = fail("my_test.py")
    assert str(error) == "my_test.py defines only abstract user classes"
    assert error.hint == "Remove: abstract = True"


def collect_tests(module, path):
    assert Path(module.__file__) == path
    return [
        type(name, (User,), {"__module__": module.__name__})
        for name in vars(module)
        if name.startswith("test_")
    ]


def test_files_without_users_are_handed_to_the_collectors(write, load):
    write("test_shop.py", "def test_cart(session):\n    pass\n")
    tests = load("test_shop.py", collectors=[lambda module, path: [], collect_tests])
    assert list(tests.user_classes) == ["test_cart"]


def test_collectors_are_not_asked_where_there_are_users(write, load):
    write("test_shop.py", user() + "def test_cart(session):\n    pass\n")
    assert list(load("test_shop.py", collectors=[collect_tests]).user_classes) == ["A"]


def test_without_a_collector_for_test_functions_the_hint_names_the_plugin(write, fail):
    write("test_shop.py", "def test_cart(session):\n    pass\n")
    error = fail("test_shop.py")
    assert "test_* functions" in str(error)
    assert "pip install swarm-http" in error.hint


# --- choosing among them ---


def test_user_classes_are_chosen_by_name(write, load):
    write("my_test.py", user("A") + "class B(User):\n    pass\nclass C(User):\n    pass\n")
    available = load("my_test.py").user_classes
    assert select_user_classes(available, []) == list(available.values())
    assert select_user_classes(available, ["C", "A", "C"]) == [available["C"], available["A"]]


def test_an_unknown_user_class_is_told_what_was_probably_meant(write, load):
    write("my_test.py", user("HomeUser"))
    available = load("my_test.py").user_classes
    with pytest.raises(ConfigError, match="There is no user class Homeuser") as caught:
        select_user_classes(available, ["Homeuser"])
    assert caught.value.hint == "Did you mean HomeUser? The only one is HomeUser."
    with pytest.raises(ConfigError) as caught:
        select_user_classes({**available, "B": available["HomeUser"]}, ["Z"])
    assert caught.value.hint == "There are HomeUser and B."


def test_loading_needs_no_http_client(tmp_path):
    """Its import takes as long as all the rest."""
    (tmp_path / "swarmfile.py").write_text(user())
    script = (
        "import sys, pathlib\n"
        "from swarm.core.cli.testfiles import load_test_files\n"
        "load_test_files(None, pathlib.Path())\n"
        "sys.exit('urllib.request' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
