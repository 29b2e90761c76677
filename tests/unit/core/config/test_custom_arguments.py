import copy
import logging

import pytest

from swarm.core.config import UIField, build_parser
from swarm.core.event import Events
from swarm.core.exception import ConfigError


@pytest.fixture
def parser_with():
    """Builds a parser with what the listener adds."""

    def build(add, plugins=()):
        events = Events()
        events.init_command_line_parser.add_listener(add)
        return build_parser(events, plugins)

    return build


def documented(parser, **_kwargs):
    parser.add_argument(
        "--my-argument", type=str, env_var="SWARM_MY_ARGUMENT", default="", help="It's working"
    )
    parser.add_argument("--env", choices=["dev", "staging", "prod"], default="dev", help="Where")
    parser.add_argument("--endpoints", choices=["a", "b", "c"], is_multiple=True, default=["a"])
    parser.add_argument("--my-ui-invisible-argument", include_in_web_ui=False, default="invisible")
    parser.add_argument("--my-ui-password-argument", is_secret=True, default="hunter2")
    parser.add_argument("--my-ui-boolean-argument", default=True)
    parser.add_argument("--my-ui-required-argument", is_required=True, default="I am required")


def test_the_documented_arguments_have_their_defaults(parse, parser_with):
    options = parse(parser=parser_with(documented))
    assert options.my_argument == ""
    assert (options.env, options.endpoints) == ("dev", ["a"])
    assert options.my_ui_invisible_argument == "invisible"
    assert options.my_ui_password_argument == "hunter2"
    assert options.my_ui_boolean_argument is True
    assert options.my_ui_required_argument == "I am required"


def test_they_come_from_the_command_line(parse, parser_with):
    options = parse("--my-argument", "x", "--env", "prod", parser=parser_with(documented))
    assert (options.my_argument, options.env) == ("x", "prod")


def test_they_come_from_the_environment_and_from_files(parse, parser_with, tmp_path):
    (tmp_path / "swarm.conf").write_text("my-argument = file\nenv = staging\nendpoints = [b, c]\n")
    parser = parser_with(documented)
    options = parse(parser=parser)
    assert (options.my_argument, options.env, options.endpoints) == ("file", "staging", ["b", "c"])
    assert parse(parser=parser, environ={"SWARM_MY_ARGUMENT": "env"}).my_argument == "env"


def test_a_multiple_argument_replaces_its_default_and_adds_up(parse, parser_with):
    parser = parser_with(documented)
    assert parse("--endpoints", "b", "c", parser=parser).endpoints == ["b", "c"]
    assert parse("--endpoints", "b", "--endpoints", "c", parser=parser).endpoints == ["b", "c"]
    assert parse(parser=parser).endpoints == ["a"]


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ([], True),
        (["--my-ui-boolean-argument"], True),
        (["--no-my-ui-boolean-argument"], False),
        (["--my-ui-boolean-argument=false"], False),
        (["--my-ui-boolean-argument", "False"], False),
    ],
)
def test_a_boolean_argument_can_be_set_and_unset(parse, parser_with, arguments, value):
    options = parse(*arguments, parser=parser_with(documented))
    assert options.my_ui_boolean_argument is value


def test_a_boolean_argument_comes_from_the_environment_too(parse, parser_with):
    parser = parser_with(lambda parser, **_: parser.add_argument("--x", default=False, env_var="X"))
    assert parse(parser=parser, environ={"X": "true"}).x is True
    assert parse("--no-x", parser=parser, environ={"X": "true"}).x is False


@pytest.mark.parametrize(
    ("keywords", "text", "value"),
    [
        ({"type": int}, "5", 5),
        ({"type": float, "default": "1.5"}, None, 1.5),
        ({"action": "store_true"}, "true", True),
        ({"action": "store_true"}, "false", False),
        ({"action": "store_false"}, "true", False),
        ({"action": "store_const", "const": 7}, "true", 7),
        ({"action": "count"}, "3", 3),
        ({"action": "append"}, "a b", ["a", "b"]),
        ({"nargs": "*", "type": int}, "1, 2", [1, 2]),
        ({"nargs": 2}, "[a, b]", ["a", "b"]),
    ],
)
def test_the_usual_kinds_of_arguments_work_from_the_environment(
    parse, parser_with, keywords, text, value
):
    parser = parser_with(lambda parser, **_: parser.add_argument("--x", env_var="X", **keywords))
    assert parse(parser=parser, environ={"X": text} if text else {}).x == value


@pytest.mark.parametrize(
    ("keywords", "text", "message"),
    [
        ({"type": int}, "x", "The environment variable X: 'x' is not a whole number"),
        ({"type": float}, "x", "The environment variable X: 'x' is not a number"),
        ({"type": complex}, "x", "The environment variable X: 'x' is not a valid complex"),
        ({"choices": ["a", "b"]}, "x", "The environment variable X: 'x' is none of a, b"),
        ({"nargs": "+"}, "[]", "The environment variable X: the list is empty"),
    ],
)
def test_a_wrong_value_from_elsewhere_is_refused(parse, parser_with, keywords, text, message):
    parser = parser_with(lambda parser, **_: parser.add_argument("--x", env_var="X", **keywords))
    with pytest.raises(ConfigError) as caught:
        parse(parser=parser, environ={"X": text})
    assert str(caught.value) == message


def test_a_choice_that_there_is_not_is_refused(parse, parser_with):
    with pytest.raises(ConfigError, match=r"--env: invalid choice: 'moon' .*'dev', 'staging'"):
        parse("--env", "moon", parser=parser_with(documented))


def test_an_argument_that_is_required_may_come_from_anywhere(parse, parser_with):
    parser = parser_with(
        lambda parser, **_: parser.add_argument("--token", required=True, env_var="TOKEN")
    )
    assert parse("--token", "x", parser=parser).token == "x"
    assert parse(parser=parser, environ={"TOKEN": "y"}).token == "y"
    with pytest.raises(ConfigError, match="--token is required") as caught:
        parse(parser=parser)
    assert "TOKEN" in caught.value.hint
    assert parse("--help", parser=parser).help is True


def test_arguments_in_a_group_take_the_same_keywords(parse, parser_with):
    def add(parser, **_kwargs):
        group = parser.add_argument_group("Kafka", "Where it is")
        group.add_argument("--kafka-brokers", env_var="KAFKA", is_secret=True, default="")

    parser = parser_with(add)
    assert parse(parser=parser, environ={"KAFKA": "a:1"}).kafka_brokers == "a:1"
    assert "Kafka:\n  Where it is\n" in parser.format_help()


def test_arguments_may_exclude_each_other(parse, parser_with):
    def add(parser, **_kwargs):
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--fast", action="store_true", env_var="FAST")
        group.add_argument("--speed", type=int)

    parser = parser_with(add)
    assert parse("--speed", "5", parser=parser).speed == 5
    assert parse("--speed", "5", parser=parser, environ={"FAST": "true"}).fast is True
    with pytest.raises(ConfigError, match=r"--speed: not allowed with argument --fast"):
        parse("--fast", "--speed", "5", parser=parser)
    with pytest.raises(ConfigError, match=r"One of the arguments --fast --speed is required"):
        parse(parser=parser)


def test_plugins_add_arguments(parse):
    class Plugin:
        def add_options(self, parser):
            parser.add_argument("--slow", type=float, default=1.0)

    assert parse("--slow", "2", parser=build_parser(None, [Plugin(), object()])).slow == 2.0


@pytest.mark.parametrize(
    ("flags", "keywords", "message"),
    [
        (["--users"], {}, "--users conflicts with swarm's own option --users"),
        (["-u", "--mine"], {}, "-u/--mine conflicts with swarm's own option -u"),
        (["--no-headless"], {}, "conflicts with swarm's own option --no-headless"),
        (["--mine"], {"dest": "host"}, "would be stored as host, which .* swarm's own --host"),
        (["--user-classes"], {}, "would be stored as user_classes"),
        (["--mine"], {"env_var": "SWARM_HOST"}, "SWARM_HOST, which belongs to --host"),
        (["mine"], {}, "mine must begin with --"),
        ([], {}, r"\(without a name\) must begin with --"),
    ],
)
def test_a_conflict_with_swarms_own_options_is_clear(parser_with, flags, keywords, message, caplog):
    with pytest.raises(ConfigError, match=message) as caught:
        parser_with(lambda parser, **_: parser.add_argument(*flags, **keywords))
    assert caught.value.hint
    assert caplog.text == ""  # one message, not also a traceback in the log


def test_an_argument_that_is_added_twice_is_refused(parser_with):
    def add(parser, **_kwargs):
        parser.add_argument("--mine")
        parser.add_argument("--mine")

    with pytest.raises(ConfigError, match="--mine is added twice"):
        parser_with(add)


def test_two_flags_may_share_an_attribute(parse, parser_with):
    def add(parser, **_kwargs):
        parser.add_argument("--fast", dest="speed", action="store_const", const="fast")
        parser.add_argument("--slow", dest="speed", action="store_const", const="slow")

    assert parse("--slow", parser=parser_with(add)).speed == "slow"


def test_a_listener_that_fails_is_logged_and_ends_the_start(parser_with, caplog):
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(ConfigError, match="A listener of init_command_line_parser failed"),
    ):
        parser_with(lambda parser, **_: parser.add_argument("--x", bogus=1))
    assert "bogus" in caplog.text


def test_a_secret_is_shown_nowhere(parse, parser_with, tmp_path):
    parser = parser_with(documented)
    assert "hunter2" not in parser.format_help()
    assert "hunter2" not in repr(parser.ui_fields())
    options = parse("--my-ui-password-argument", "s3cret", parser=parser)
    assert options.my_ui_password_argument == "s3cret"
    assert "s3cret" not in repr(options)
    assert "s3cret" not in f"{options}"
    assert options.dump()["my_ui_password_argument"] == "********"
    assert copy.copy(options).dump() == options.dump()


@pytest.mark.parametrize("arguments", [["--pin", "12a4"], []])
def test_a_secret_that_is_refused_is_not_shown_either(parse, parser_with, arguments):
    parser = parser_with(
        lambda parser, **_: parser.add_argument("--pin", type=int, is_secret=True, env_var="PIN")
    )
    with pytest.raises(ConfigError, match="the value is not accepted") as caught:
        parse(*arguments, parser=parser, environ={} if arguments else {"PIN": "12a4"})
    assert "12a4" not in f"{caught.value} {caught.value.hint}"


def test_a_form_gets_what_it_needs_to_know(parser_with):
    fields = {field.dest: field for field in parser_with(documented).ui_fields()}
    assert fields["my_argument"] == UIField(
        dest="my_argument",
        label="My argument",
        kind="text",
        help="It's working",
        default="",
        choices=(),
        required=False,
        custom=True,
    )
    assert fields["env"].kind == "select"
    assert fields["env"].choices == ("dev", "staging", "prod")
    assert (fields["endpoints"].kind, fields["endpoints"].default) == ("multiselect", ["a"])
    assert (fields["my_ui_password_argument"].kind) == "password"
    assert (fields["my_ui_password_argument"].default) == ""
    assert fields["my_ui_boolean_argument"].kind == "checkbox"
    assert fields["my_ui_required_argument"].required
    assert "my_ui_invisible_argument" not in fields


def test_a_form_also_gets_the_core_options_of_a_run(parser_with):
    fields = parser_with(documented).ui_fields()
    core = {field.dest: field.kind for field in fields if not field.custom}
    assert core == {
        "host": "text",
        "users": "number",
        "spawn_rate": "number",
        "run_time": "text",
        "profile": "text",
    }


def test_a_hidden_argument_is_hidden_everywhere(parse, parser_with):
    import argparse

    parser = parser_with(
        lambda parser, **_: parser.add_argument("--hidden", help=argparse.SUPPRESS, default="x")
    )
    assert "hidden" not in parser.format_help()
    assert "hidden" not in {field.dest for field in parser.ui_fields()}
    assert parse("--hidden", "y", parser=parser).hidden == "y"
