import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.config import parse_options
from swarm.core.config.file import read_conf
from swarm.core.exception import ConfigError


@pytest.fixture
def project(tmp_path):
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


@pytest.fixture
def home(tmp_path):
    directory = tmp_path / "home"
    directory.mkdir()
    return directory


@pytest.fixture
def read(project, home):
    def read_options(*arguments, **environ):
        return parse_options(arguments, environ={"HOME": str(home)} | environ, directory=project)

    return read_options


def test_each_source_overrules_those_before_it(project, home, read):
    (project / "pyproject.toml").write_text("[tool.swarm]\nusers = 1\n")
    assert read().users == 1
    (project / "swarm.toml").write_text("users = 2\n")
    assert read().users == 2
    (home / ".swarm.conf").write_text("users = 3\n")
    assert read().users == 3
    (project / "swarm.conf").write_text("users = 4\n")
    assert read().users == 4
    (project / "more.conf").write_text("users = 5\n")
    assert read("--config", "more.conf").users == 5
    assert read("--config", "more.conf", SWARM_USERS="6").users == 6
    assert read("-u", "7", "--config", "more.conf", SWARM_USERS="6").users == 7


def test_the_conf_file_of_the_documentation_is_read(project, read):
    (project / "swarm.conf").write_text(
        "locustfile = locust_files/my_locust_file.py\n"
        "headless = true\n"
        "host = https://target-system\n"
        "users = 100\n"
        "spawn-rate = 10\n"
        "run-time = 10m\n"
        "tags = [Critical, Normal]\n"
    )
    options = read()
    assert options.swarmfile == ["locust_files/my_locust_file.py"]
    assert (options.headless, options.host) == (True, "https://target-system")
    assert (options.users, options.spawn_rate, options.run_time) == (100, 10.0, 600.0)
    assert options.tags == ["Critical", "Normal"]


def test_the_toml_file_of_the_documentation_is_read(project, read):
    (project / "pyproject.toml").write_text(
        '[project]\nname = "x"\n\n[tool.swarm]\n'
        'swarmfile = "a.py"\n'
        "headless = true\n"
        'host = "https://target-system"\n'
        "users = 100\n"
        "spawn-rate = 2.5\n"
        'run-time = "10m"\n'
        'tags = ["Critical", "Normal"]\n'
        'plugins = ["http", "grpc"]\n'
        "config-users = [{ user_class_name = 'A', weight = 3 }]\n"
    )
    options = read()
    assert options.swarmfile == ["a.py"]
    assert (options.headless, options.users, options.spawn_rate) == (True, 100, 2.5)
    assert (options.run_time, options.tags) == (600.0, ["Critical", "Normal"])
    assert options.plugins == ["http", "grpc"]
    assert options.config_users == [{"user_class_name": "A", "weight": 3}]


@pytest.mark.parametrize(
    "line",
    [
        "users = 5",
        "users=5",
        "users: 5",
        "users 5",
        "--users 5",
        "--users=5",
        "users = 5  # a comment",
        "users = 5 ; a comment",
        'users = "5"',
        "users = '5'",
        "  users  =  5  ",
    ],
)
def test_a_line_of_a_conf_file_may_have_several_forms(project, read, line):
    (project / "swarm.conf").write_text(f"# comment\n; comment\n---\n[section]\n\n{line}\n")
    assert read().users == 5


def test_a_key_alone_sets_a_flag_but_nothing_else(project, read):
    (project / "swarm.conf").write_text("headless\n")
    assert read().headless is True
    (project / "swarm.conf").write_text("headless\nhost\n")
    with pytest.raises(ConfigError, match=r"swarm\.conf, line 2: host: a value is needed"):
        read()


def test_a_hash_within_a_value_is_no_comment(project, read):
    (project / "swarm.conf").write_text("host = http://x/#top\nprofile = 'a # b'\n")
    assert (read().host, read().profile) == ("http://x/#top", "a # b")


def test_keys_may_have_underscores(project, read):
    (project / "swarm.conf").write_text("spawn_rate = 5\n")
    assert read().spawn_rate == 5


@pytest.mark.parametrize("text", ["[a, b c]", "a, b, c", "a b c", '[a, "b", c]', "['a' b c]"])
def test_a_list_may_be_written_in_several_ways(project, read, text):
    (project / "swarm.conf").write_text(f"tags = {text}\n")
    assert read().tags == ["a", "b", "c"]


def test_a_blank_in_quotes_does_not_separate(read):
    assert read(SWARM_TAGS="'a b',c").tags == ["a b", "c"]


def test_a_lonely_quote_is_refused(read):
    with pytest.raises(ConfigError, match=r"SWARM_TAGS: .* has a quote without its partner"):
        read(SWARM_TAGS="'a b,c")


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=["C", "Z"], blacklist_characters="\"'\\,[]#;")
                , min_size=1),
        min_size=1,
    )
)  # fmt: skip
def test_any_list_of_tags_survives_the_environment(tmp_path_factory, tags):
    directory = tmp_path_factory.getbasetemp()
    options = parse_options([], environ={"SWARM_TAGS": ",".join(tags)}, directory=directory)
    assert options.tags == tags


def test_user_classes_and_booleans_come_from_the_environment(read):
    options = read(SWARM_USER_CLASSES="A B", SWARM_HEADLESS="true", SWARM_ONLY_SUMMARY="0")
    assert (options.user_classes, options.headless) == (["A", "B"], True)
    assert options.only_summary is False
    assert read("C", SWARM_USER_CLASSES="A B").user_classes == ["C"]


def test_an_empty_variable_says_nothing(read):
    assert read(SWARM_HOST="", SWARM_USERS="", SWARM_TAGS="").host is None


def test_an_empty_list_of_plugins_means_none_of_them(read):
    assert read(SWARM_PLUGINS="").plugins == []
    assert read("--plugins", "").plugins == []
    assert read().plugins is None


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("SWARM_USERS", "no", "The environment variable SWARM_USERS: 'no' is not a whole number"),
        ("SWARM_HEADLESS", "x", "The environment variable SWARM_HEADLESS: 'x' is neither true"),
    ],
)
def test_a_wrong_variable_is_named(read, variable, text, message):
    with pytest.raises(ConfigError, match=message):
        read(**{variable: text})


def test_a_wrong_value_in_a_file_is_named_with_its_line(project, read):
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.swarm]\nusers = 0\n")
    with pytest.raises(ConfigError) as caught:
        read()
    assert str(caught.value).startswith("pyproject.toml, line 4: users: '0' is too few")


@pytest.mark.parametrize(
    ("file", "text", "where"),
    [
        ("swarm.conf", "host = http://x\nspwan-rate = 5\n", "swarm.conf, line 2"),
        ("swarm.toml", "spwan-rate = 5\n", "swarm.toml, line 1"),
        ("pyproject.toml", "[tool.swarm]\nspwan-rate = 5\n", "pyproject.toml, line 2"),
    ],
)
def test_an_unknown_key_is_an_error_with_a_suggestion(project, read, file, text, where):
    (project / file).write_text(text)
    with pytest.raises(ConfigError) as caught:
        read()
    assert str(caught.value) == f"{where}: there is no option spwan-rate"
    assert caught.value.hint == "Did you mean spawn-rate?"


def test_an_unknown_key_in_the_file_of_all_projects_is_only_a_warning(home, read, caplog):
    (home / ".swarm.conf").write_text("other-project = 1\nusers = 3\n")
    with caplog.at_level(logging.WARNING):
        assert read().users == 3
    assert "~/.swarm.conf, line 1: there is no option other-project" in caplog.text


@pytest.mark.parametrize("key", ["config", "list", "version", "help"])
def test_what_belongs_on_the_command_line_is_refused_in_files(project, read, key):
    (project / "swarm.conf").write_text(f"{key} = true\n")
    with pytest.raises(ConfigError, match=f"{key} cannot be set in a file"):
        read()


def test_an_option_given_twice_in_a_file_is_refused(project, read):
    (project / "swarm.conf").write_text("spawn-rate = 1\n\nspawn_rate = 2\n")
    with pytest.raises(ConfigError, match="spawn_rate is given twice, in lines 1 and 3"):
        read()


def test_a_line_that_makes_no_sense_is_shown(project, read):
    (project / "swarm.conf").write_text("users = 1\n= 5\n")
    with pytest.raises(ConfigError, match=r"swarm\.conf, line 2: '= 5' is not understood"):
        read()


def test_broken_toml_is_shown_with_line_and_column(project, read):
    (project / "pyproject.toml").write_text("[tool.swarm]\nhost = http://x\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml, line 2, column 8: Invalid value"):
        read()


def test_toml_that_ends_too_early_is_refused(project, read):
    (project / "swarm.toml").write_text("tags = [")
    with pytest.raises(ConfigError, match=r"swarm\.toml is not valid TOML: .*end of document"):
        read()


@pytest.mark.parametrize("name", ["swarm.conf", "swarm.toml"])
def test_a_file_that_is_no_text_is_named_with_its_line(project, read, name):
    (project / name).write_bytes(b"users = 1\nhost = '\xff'\n")
    with pytest.raises(ConfigError, match=f"{name}, line 2: the file is not UTF-8 text"):
        read()


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(project, read):
    (project / "swarm.conf").write_bytes(b"\xef\xbb\xbfusers = 5\r\nspawn-rate = 2\r\n")
    assert (read().users, read().spawn_rate) == (5, 2)


def test_a_config_file_that_does_not_exist_is_named(read):
    with pytest.raises(ConfigError, match=r"configuration file nowhere\.conf does not exist"):
        read("--config", "nowhere.conf")


def test_a_config_file_that_is_a_directory_cannot_be_read(project, read):
    (project / "x.conf").mkdir()
    with pytest.raises(ConfigError, match=r"x\.conf cannot be read: Is a directory"):
        read("--config", "x.conf")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.toml", "users = 5\n"),
        ("x.toml", "[tool.swarm]\nusers = 5\n"),
        ("x.cfg", "users = 5\n"),
        ("x.cfg", "[tool.swarm]\nusers = 5\n"),
        ("x.cfg", '[ tool . "swarm" ]\nusers = 5\ntags = ["a"]\n'),
    ],
)
def test_the_format_of_a_config_file_is_recognised(project, read, name, text):
    (project / name).write_text(text)
    assert read("--config", name).users == 5
    assert read(SWARM_CONFIG=name).users == 5


def test_a_pyproject_without_a_section_for_swarm_is_no_config_file(project, read):
    (project / "sub").mkdir()
    (project / "sub" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(ConfigError, match=r"has no section \[tool\.swarm\]"):
        read("--config", "sub/pyproject.toml")


def test_a_pyproject_of_other_tools_is_passed_over(project, read):
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.ruff]\nfix = true\n")
    assert read().users is None


@pytest.mark.parametrize("text", ["[tool]\nswarm = 5\n", "[[tool.swarm]]\nusers = 5\n"])
def test_a_section_for_swarm_is_a_table(project, read, text):
    (project / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"\[tool\.swarm\] is not a table"):
        read()


def test_without_a_home_no_file_is_looked_for_there(project):
    assert parse_options([], environ={}, directory=project).users is None


@given(st.text())
def test_any_text_is_a_conf_file_or_is_refused_with_its_line(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.conf"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        settings = read_conf(path, "any.conf")
    except ConfigError as error:
        places = [str(error)]
    else:
        places = [setting.origin for setting in settings if setting.key]
        assert len(places) == len(settings)
    assert all("any.conf" in place and "line" in place for place in places)
