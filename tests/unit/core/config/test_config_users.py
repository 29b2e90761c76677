import json

import pytest

from swarm.core.exception import ConfigError

ONE = {"user_class_name": "Example", "fixed_count": 1, "some_custom_attribute": False}
TWO = {"user_class_name": "ExampleTwo", "fixed_count": 2}


def test_users_are_configured_by_several_objects_an_array_or_a_file(parse, tmp_path):
    (tmp_path / "my_user_config.json").write_text(json.dumps([ONE, TWO]))
    (tmp_path / "one.json").write_text(json.dumps(ONE))
    for values in (
        [json.dumps(ONE), json.dumps(TWO)],
        [json.dumps([ONE, TWO])],
        ["my_user_config.json"],
        ["one.json", json.dumps(TWO)],
    ):
        assert parse("--config-users", *values).config_users == [ONE, TWO]


def test_the_environment_holds_one_text_with_blanks_and_commas(parse):
    text = json.dumps([ONE, TWO], indent=1)
    assert parse(environ={"SWARM_CONFIG_USERS": text}).config_users == [ONE, TWO]


@pytest.mark.parametrize("form", [json.dumps(ONE), json.dumps([ONE]), f"[{json.dumps(ONE)}]"])
def test_a_conf_file_may_hold_the_json_itself(parse, tmp_path, form):
    (tmp_path / "swarm.conf").write_text(f"config-users = {form}\n")
    assert parse().config_users == [ONE]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{'a': 1}", "--config-users is not valid JSON: .* in line 1, column 2"),
        ("nowhere.json", "'nowhere.json' is neither JSON nor a file that exists"),
        ("[1]", "1 is not a JSON object"),
        ('{"weight": 1}', "does not say with user_class_name which class"),
        ('{"user_class_name": 5}', "does not say with user_class_name which class"),
        ("[" * 100_000, "nested too deeply"),
        (".", "cannot be read"),
        ("nul\0l", "cannot be read"),
    ],
)
def test_what_is_no_configuration_is_refused_with_an_example(parse, value, message):
    with pytest.raises(ConfigError, match=message) as caught:
        parse("--config-users", value)
    assert "user_class_name" in caught.value.hint or "cannot be read" in message


def test_a_broken_file_is_named(parse, tmp_path):
    (tmp_path / "u.json").write_text('{"user_class_name": }')
    with pytest.raises(ConfigError, match=r"u\.json is not valid JSON: Expecting value"):
        parse("--config-users", "u.json")
    (tmp_path / "u.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"u\.json is not UTF-8 text"):
        parse("--config-users", "u.json")
