import sys

import pytest

from swarm.core.exception import ExitCode, PluginError
from swarm.core.plugins import Selection, load
from swarm.core.plugins.contract import API_VERSION

BOOM = "raise {}\n"


def named(*names):
    return Selection(names, "--plugins")


def rows(plugins):
    return {row.name: row for row in plugins.report()}


def broken(site, name="boom", error="RuntimeError('no such broker')"):
    site.install(
        f"swarm-{name}",
        {"swarm.plugins": {name: f"{name}_module:plugin"}},
        {f"{name}_module.py": BOOM.format(error)},
    )


def test_a_selected_plugin_is_loaded(install):
    site = install("kafka", version="2.3")
    plugins = load(named("kafka"), offers=site.offers())
    assert [plugin.name for plugin in plugins.plugins] == ["kafka"]
    row = rows(plugins)["kafka"]
    assert (row.distribution, row.version, row.status, row.error) == (
        "swarm-kafka",
        "2.3",
        "loaded",
        "",
    )


def test_what_is_not_selected_is_listed_and_not_imported(site, install):
    install("kafka")
    broken(site)
    plugins = load(named("kafka"), offers=site.offers())
    assert rows(plugins)["boom"].status == "not selected"
    assert "boom_module" not in sys.modules
    assert plugins.warnings() == []


def test_a_module_may_be_a_plugin(site):
    site.install(
        "acme-module",
        {"swarm.plugins": {"modular": "acme_module"}},
        {"acme_module.py": "name = 'modular'\napi = 1\ndef commands(): return {}\n"},
    )
    plugins = load(offers=site.offers())
    assert rows(plugins)["modular"].provides == ("commands",)


def test_the_report_says_what_a_plugin_provides(site, install):
    install(
        "full",
        "def add_options(self, parser): ...",
        "def attach(self, environment): ...",
        extra={"swarm.users": {"full": "x.y:FullUser"}, "swarm.prepare": {"full": "os:getcwd"}},
    )
    plugins = load(offers=site.offers())
    assert rows(plugins)["full"].provides == (
        "user type FullUser",
        "prepare hook",
        "options",
        "environment",
    )


def test_a_named_plugin_that_is_missing_ends_the_run_with_its_pip_line():
    with pytest.raises(PluginError, match=r"grpc, named by --plugins, is not installed") as caught:
        load(named("grpc"), offers=[])
    assert caught.value.hint == "pip install swarm-grpc"
    assert caught.value.exit_code is ExitCode.PLUGIN


def test_a_missing_plugin_that_nobody_knows_is_not_guessed_as_a_fact():
    with pytest.raises(PluginError) as caught:
        load(named("kafka"), offers=[])
    assert "by custom: pip install swarm-kafka" in caught.value.hint


def test_nothing_is_imported_when_a_named_plugin_is_missing(site, install):
    install("kafka")
    with pytest.raises(PluginError):
        load(named("kafka", "grpc"), offers=site.offers())
    assert "swarm_kafka_plugin" not in sys.modules


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("RuntimeError('no such\\n broker')", "RuntimeError: no such broker"),
        ("AssertionError('a trap of stevedore')", "AssertionError: a trap of stevedore"),
        ("AssertionError", "AssertionError"),
        ("SystemExit(3)", "SystemExit: 3"),
        ("ModuleNotFoundError(\"No module named 'librdkafka'\")", "No module named 'librdkafka'"),
    ],
)
def test_a_broken_plugin_that_nobody_named_is_left_out(site, install, error, said):
    install("kafka")
    broken(site, error=error)
    plugins = load(offers=site.offers())
    assert [plugin.name for plugin in plugins.plugins] == ["kafka"]
    row = rows(plugins)["boom"]
    assert row.status == "broken"
    assert row.error.startswith("cannot be imported: ")
    assert said in row.error
    (line,) = plugins.warnings()
    assert "boom (swarm-boom 1.0)" in line
    assert "\n" not in line


@pytest.mark.parametrize("error", ["RuntimeError('gone')", "AssertionError('gone')"])
def test_a_broken_plugin_that_was_named_ends_the_run(site, error):
    broken(site, error=error)
    with pytest.raises(
        PluginError, match=r"boom \(swarm-boom 1.0\), named by --plugins, .*gone"
    ) as caught:
        load(named("boom"), offers=site.offers())
    assert caught.value.hint == "pip install --upgrade --force-reinstall swarm-boom"
    assert caught.value.exit_code is ExitCode.PLUGIN
    assert type(caught.value.__cause__).__name__ in error


def test_an_interrupt_during_an_import_passes(site):
    broken(site, error="KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load(offers=site.offers())


def test_a_report_lists_even_what_was_named_and_cannot_be_had(site):
    broken(site)
    plugins = load(named("boom", "grpc"), offers=site.offers(), strict=False)
    assert {name: row.status for name, row in rows(plugins).items()} == {
        "boom": "broken",
        "grpc": "missing",
    }
    assert rows(plugins)["grpc"].hint == "pip install swarm-grpc"


@pytest.mark.parametrize(
    ("api", "mends"),
    [(API_VERSION + 1, "pip install --upgrade swarm-core"), (0, "pip install --upgrade swarm-old")],
)
def test_a_plugin_for_another_api_is_refused_with_both_versions(install, api, mends):
    site = install("old", api=api)
    row = rows(load(offers=site.offers()))["old"]
    assert row.status == "incompatible"
    assert f"plugin API {api}" in row.error
    assert f"API {API_VERSION}" in row.error
    with pytest.raises(PluginError, match=f"plugin API {api}") as caught:
        load(named("old"), offers=site.offers())
    assert caught.value.hint == mends


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("plugin = object()", "lacks `name: str` or `api: int`"),
        ("class plugin:\n    name = 'odd'\n    api = 1", "registers the class plugin"),
        ("import types\nplugin = types.SimpleNamespace(name='odd', api='1')", "api: int"),
        ("import types\nplugin = types.SimpleNamespace(name='odd', api=True)", "api: int"),
        ("import types\nplugin = types.SimpleNamespace(name='even', api=1)", "calls itself 'even'"),
        ("", "AttributeError"),
    ],
)
def test_an_object_that_is_no_plugin_is_left_out(site, source, said):
    site.install("swarm-odd", {"swarm.plugins": {"odd": "odd_mod:plugin"}}, {"odd_mod.py": source})
    row = rows(load(offers=site.offers()))["odd"]
    assert row.status == "broken"
    assert said in row.error


def test_an_entry_point_that_names_nothing_is_left_out(site):
    site.install("swarm-odd", {"swarm.plugins": {"odd": "not a module!"}})
    assert rows(load(offers=site.offers()))["odd"].status == "broken"


def test_two_distributions_with_one_name_are_both_left_out(site, install):
    install("same", distribution="swarm-first")
    site.install("swarm-second", {"swarm.plugins": {"same": "nowhere:plugin"}})
    plugins = load(offers=site.offers())
    assert {(row.distribution, row.status, row.error) for row in plugins.report()} == {
        ("swarm-first", "duplicate", "is offered by swarm-second too"),
        ("swarm-second", "duplicate", "is offered by swarm-first too"),
    }
    with pytest.raises(PluginError, match="is offered by") as caught:
        load(named("same"), offers=site.offers())
    assert "--plugins swarm-first" in caught.value.hint


def test_one_of_two_distributions_with_one_name_can_be_selected(site, install):
    install("same", distribution="swarm-first")
    site.install("swarm-second", {"swarm.plugins": {"same": "nowhere:plugin"}})
    plugins = load(named("swarm-first"), offers=site.offers())
    assert {row.distribution: row.status for row in plugins.report()} == {
        "swarm-first": "loaded",
        "swarm-second": "not selected",
    }


def test_nobody_takes_a_name_of_the_core(site, install):
    install("csv", distribution="swarm-core")
    site.install("swarm-thief", {"swarm.plugins": {"csv": "nowhere:plugin"}})
    plugins = load(offers=site.offers())
    assert {row.distribution: row.status for row in plugins.report()} == {
        "swarm-core": "loaded",
        "swarm-thief": "duplicate",
    }


def test_an_empty_selection_rescues_from_a_plugin_that_breaks_everything(site, install):
    install("console", distribution="swarm-core")
    broken(site, error="KeyboardInterrupt")
    plugins = load(named(), offers=site.offers())
    assert [plugin.name for plugin in plugins.plugins] == ["console"]
    assert rows(plugins)["boom"].status == "not selected"


def test_a_defect_of_the_core_s_own_plugin_ends_the_run(site):
    site.install("swarm-core", {"swarm.plugins": {"console": "nowhere_at_all:plugin"}})
    with pytest.raises(PluginError, match=r"console \(swarm-core 1.0\) cannot be imported"):
        load(offers=site.offers())


USER = """
    from swarm.core.user import User
    class KafkaUser(User):
        abstract = True
    thing = 3
"""


def test_a_user_type_is_imported_when_it_is_named(site):
    site.install("swarm-kafka", {"swarm.users": {"kafka": "kafkau:KafkaUser"}}, {"kafkau.py": USER})
    load(named("kafka"), offers=site.offers())
    assert "kafkau" in sys.modules


def test_a_user_type_that_nobody_named_is_left_to_the_test_file(site):
    site.install("swarm-kafka", {"swarm.users": {"kafka": "kafkau:KafkaUser"}}, {"kafkau.py": USER})
    plugins = load(offers=site.offers())
    assert rows(plugins)["kafka"].status == "loaded"
    assert "kafkau" not in sys.modules
    load(offers=site.offers(), all_user_types=True)
    assert "kafkau" in sys.modules


def test_what_is_registered_as_a_user_type_must_be_one(site):
    site.install("swarm-kafka", {"swarm.users": {"kafka": "kafkau:thing"}}, {"kafkau.py": USER})
    with pytest.raises(
        PluginError, match="registers 3 as a user type, which is no subclass of User"
    ):
        load(named("kafka"), offers=site.offers())


def test_naming_a_distribution_does_not_import_all_of_its_user_types(site):
    site.install(
        "swarm-db",
        {"swarm.users": {"postgres": "dbu:KafkaUser", "milvus": "missing_extra:MilvusUser"}},
        {"dbu.py": USER},
    )
    plugins = load(named("db"), offers=site.offers())
    assert {row.status for row in plugins.report()} == {"loaded"}


HOMES = {
    "empty": {},
    "read-only": {"HOME": "/proc/self", "XDG_CACHE_HOME": "/proc/self/cache"},
    "missing": {"HOME": "/nonexistent", "XDG_CACHE_HOME": ""},
}


@pytest.mark.parametrize("home", HOMES)
def test_no_home_directory_is_needed_or_written_to(site, install, tmp_path, home):
    install("kafka")
    own = tmp_path / "home"
    own.mkdir()
    code = """
        import swarm.core
        from swarm.core.plugins import Selection, load
        from swarm.core.plugins.discovery import discover
        offers = [offer for offer in discover() if offer.name == "kafka"]
        print([plugin.name for plugin in load(Selection(("kafka",)), offers=offers).plugins])
    """
    done = site.run(code, **{"HOME": str(own), "XDG_CACHE_HOME": "", **HOMES[home]})
    assert done.stdout == "['kafka']\n", done.stderr
    assert list(own.iterdir()) == []


def test_an_entry_point_that_changes_place_is_not_remembered_from_before(site, install):
    load(offers=install("kafka").offers())
    del sys.modules["swarm_kafka_plugin"]
    (site.path / "moved.py").write_text((site.path / "swarm_kafka_plugin.py").read_text())
    table = site.path / "swarm_kafka-1.0.dist-info" / "entry_points.txt"
    table.write_text("[swarm.plugins]\nkafka = moved:plugin\n")
    (plugin,) = load(offers=site.offers()).plugins
    assert type(plugin).__module__ == "moved"
