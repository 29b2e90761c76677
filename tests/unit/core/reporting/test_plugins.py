import sys
from types import SimpleNamespace

import pytest

from swarm.core.plugins.contract import OffersReporters, Plugin
from swarm.core.reporting import ConsoleReporter, CsvReporter, JsonReporter, Reporter, plugins

OPTIONS = {
    "headless": True,
    "only_summary": False,
    "print_stats": False,
    "csv": None,
    "csv_full_history": False,
    "json": False,
    "json_file": None,
}


def reporters(plugin, **changes):
    options = SimpleNamespace(**(OPTIONS | changes))
    return list(plugin.reporters(SimpleNamespace(parsed_options=options)))


@pytest.mark.parametrize("name", ["console", "csv", "json"])
def test_the_reporters_are_plugins_like_any_other(name):
    plugin = getattr(plugins, name)
    assert isinstance(plugin, Plugin)
    assert isinstance(plugin, OffersReporters)
    assert (plugin.name, plugin.api) == (name, 1)


@pytest.mark.parametrize(
    ("options", "periodic"),
    [
        ({}, True),
        ({"only_summary": True}, False),
        ({"headless": False}, False),
        ({"headless": False, "print_stats": True}, True),
    ],
    ids=str,
)
def test_the_options_decide_whether_the_console_shows_something_before_the_end(options, periodic):
    [reporter] = reporters(plugins.console, **options)
    assert isinstance(reporter, ConsoleReporter)
    assert (reporter.interval < 1000) is periodic


def test_files_are_written_only_if_asked_for(tmp_path):
    assert reporters(plugins.csv) == []
    assert reporters(plugins.json) == []
    [csv_reporter] = reporters(plugins.csv, csv=str(tmp_path / "x"))
    [json_reporter] = reporters(plugins.json, json_file=str(tmp_path / "x.json"))
    assert isinstance(csv_reporter, CsvReporter)
    assert isinstance(json_reporter, JsonReporter)
    assert isinstance(csv_reporter, Reporter)
    assert isinstance(json_reporter, Reporter)


def test_json_goes_to_stdout(run, capsys):
    from swarm.core.reporting import RunSnapshot

    [reporter] = reporters(plugins.json, json=True)
    reporter.finish(RunSnapshot.of(run))
    assert capsys.readouterr().out.startswith("{")
    assert sys.stdout is not None


def test_a_library_run_without_options_gets_the_console_alone():
    environment = SimpleNamespace(parsed_options=None)
    assert [
        len(list(p.reporters(environment))) for p in (plugins.console, plugins.csv, plugins.json)
    ] == [1, 0, 0]
