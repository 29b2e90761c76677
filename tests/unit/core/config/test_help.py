from pathlib import Path

import pytest

from swarm.core.config import build_parser
from swarm.core.config.catalogue import core_options
from swarm.core.config.reference import main, render_reference
from swarm.core.event import Events

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "options.md"


@pytest.fixture
def help_text(monkeypatch):
    def build(columns=100, add=None):
        monkeypatch.setenv("COLUMNS", str(columns))
        events = Events()
        if add is not None:
            events.init_command_line_parser.add_listener(add)
        return build_parser(events).format_help()

    return build


def test_help_has_the_groups_in_order(help_text):
    text = help_text()
    headlines = [line for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert headlines[:10] == [
        "Common options:",
        "Master options:",
        "Worker options:",
        "Master and worker security options:",
        "Tag options:",
        "Request statistics options:",
        "Logging options:",
        "Other options:",
        "Plugin options:",
        "User classes:",
    ]
    assert "Examples:" in headlines


def test_help_names_every_option(help_text):
    text = help_text()
    assert all(flag in text for option in core_options() for flag in option.flags)


def test_help_names_a_value_once(help_text):
    assert "  -u, --users <int> " in help_text()
    assert "--no-headless" not in help_text()


@pytest.mark.parametrize("columns", [40, 80, 120, 300])
def test_help_is_neither_too_narrow_nor_too_wide(help_text, columns):
    widest = max(len(line) for line in help_text(columns).splitlines())
    assert widest <= max(60, min(100, columns - 2))


def test_help_shows_defaults_and_variables_of_custom_arguments(help_text):
    def add(parser, **_kwargs):
        parser.add_argument("--speed", default="80%", env_var="SPEED", help="How fast")
        parser.add_argument("--parts", is_multiple=True, default=["a", "b"])
        parser.add_argument("--told", default="x", help="Defaults to x")

    text = help_text(add=add)
    assert "How fast (default: 80%; env: SPEED)" in text
    assert "(default: a, b)" in text
    assert "Defaults to x\n" in text


def test_the_page_about_options_is_current():
    assert PAGE.read_text(encoding="utf-8") == render_reference(), (
        "run: python -m swarm.core.config.reference docs/reference/options.md"
    )


def test_the_page_names_every_flag_variable_and_key():
    page = render_reference()
    for option in core_options():
        for name in [*option.flags, option.env, *option.keys]:
            assert not name or f"`{name}" in page


def test_the_page_is_written_to_a_file_or_printed(tmp_path, capsys):
    main([str(tmp_path / "options.md")])
    main([])
    assert (tmp_path / "options.md").read_text() == capsys.readouterr().out == render_reference()
