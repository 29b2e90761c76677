import pytest

from swarm.core.exception import ConfigError, ExitCode
from swarm.core.plugins import ALL, Selection, select
from swarm.core.plugins.discovery import Offer

HTTP = Offer("http", "swarm-http")
FASTHTTP = Offer("fasthttp", "swarm-http")
POSTGRES = Offer("postgres", "swarm-db")
MONGODB = Offer("mongodb", "swarm-db")
DB = Offer("db", "swarm-db")
CSV = Offer("csv", "swarm-core")
OFFERS = (HTTP, FASTHTTP, POSTGRES, MONGODB, DB, CSV)


@pytest.fixture
def configured(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.swarm]\nplugins = ["a", "b"]\n')
    (tmp_path / "swarm.toml").write_text('plugins = "c"\n')
    return tmp_path


def admitted(*names):
    selection = Selection(names)
    return {offer.name for offer in OFFERS if selection.admits(offer, OFFERS)}


def test_nothing_given_selects_all(tmp_path):
    selection = select([], {}, tmp_path)
    assert selection == ALL
    assert all(selection.admits(offer, OFFERS) for offer in OFFERS)


def test_the_option_wins_over_everything(configured):
    environ = {"SWARM_PLUGINS": "d"}
    selection = select(["-f", "x.py", "--plugins", "e, f", "-u", "3"], environ, configured)
    assert selection == Selection(("e", "f"), "--plugins")
    assert select(["--plugins=g"], environ, configured).names == ("g",)


def test_the_last_of_several_options_wins(tmp_path):
    assert select(["--plugins", "a", "--plugins", "b"], {}, tmp_path).names == ("b",)


def test_an_abbreviated_option_is_left_to_the_real_parser(tmp_path):
    assert select(["--plug", "a"], {}, tmp_path) == ALL


def test_an_option_without_a_value_is_left_to_the_real_parser(tmp_path):
    assert select(["--plugins"], {}, tmp_path) == ALL


def test_the_variable_wins_over_files(configured):
    selection = select([], {"SWARM_PLUGINS": "d"}, configured)
    assert selection == Selection(("d",), "the environment variable SWARM_PLUGINS")


def test_swarm_toml_wins_over_pyproject(configured):
    assert select([], {}, configured) == Selection(("c",), "swarm.toml, line 1")


def test_pyproject_is_read(configured):
    (configured / "swarm.toml").unlink()
    assert select([], {}, configured) == Selection(("a", "b"), "pyproject.toml, line 2")


def test_the_other_configuration_files_are_read(configured):
    (configured / "swarm.conf").write_text("plugins = d, e\n")
    assert select([], {}, configured) == Selection(("d", "e"), "swarm.conf, line 1")
    (configured / "more.toml").write_text('plugins = ["f"]')
    extra = Selection(("f",), "more.toml, line 1")
    assert select(["--config", "more.toml"], {}, configured) == extra
    assert select([], {"SWARM_CONFIG": "more.toml"}, configured) == extra


def test_the_user_s_own_file_is_read(tmp_path):
    (tmp_path / ".swarm.conf").write_text("plugins = g")
    selection = select([], {"HOME": str(tmp_path)}, tmp_path / "project")
    assert selection == Selection(("g",), "~/.swarm.conf, line 1")


@pytest.mark.parametrize(
    ("arguments", "environ", "toml"),
    [
        (["--plugins="], {}, ""),
        (["--plugins", ""], {"SWARM_PLUGINS": "x"}, ""),
        ([], {"SWARM_PLUGINS": " "}, ""),
        ([], {}, "plugins = []"),
    ],
)
def test_an_empty_value_selects_none_but_the_core_s_own(tmp_path, arguments, environ, toml):
    (tmp_path / "swarm.toml").write_text(toml)
    selection = select(arguments, environ, tmp_path)
    assert [offer for offer in OFFERS if selection.admits(offer, OFFERS)] == [CSV]


@pytest.mark.parametrize("value", ["3", "[1]", "{http = true}", "true"])
def test_names_that_are_no_names_are_refused_with_the_file(tmp_path, value):
    (tmp_path / "swarm.toml").write_text(f"plugins = {value}")
    with pytest.raises(ConfigError, match=r"swarm\.toml, line 1: plugins must be a list") as caught:
        select([], {}, tmp_path)
    assert caught.value.exit_code is ExitCode.USAGE
    assert 'plugins = ["http"' in caught.value.hint


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.swarm\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml, line 1"):
        select([], {}, tmp_path)


def test_a_pyproject_of_another_shape_selects_all(tmp_path):
    (tmp_path / "pyproject.toml").write_text('tool = "hammer"')
    assert select([], {}, tmp_path) == ALL


def test_a_plugin_is_meant_by_its_name():
    assert admitted("mongodb") == {"mongodb", "db", "csv"}


def test_a_plugin_is_meant_by_the_name_of_its_distribution():
    assert admitted("swarm-db") == {"postgres", "mongodb", "db", "csv"}
    assert admitted("Swarm_DB") == admitted("swarm-db")


def test_a_plugin_is_meant_by_the_short_name_of_its_distribution():
    assert admitted("http") == {"http", "fasthttp", "csv"}


def test_what_carries_the_distribution_s_name_comes_along():
    assert admitted("fasthttp") == {"fasthttp", "http", "csv"}
