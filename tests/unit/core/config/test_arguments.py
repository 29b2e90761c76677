import pytest

from swarm.core.config import default_options, early_options
from swarm.core.config.catalogue import core_options
from swarm.core.exception import ConfigError, ExitCode

EVERYTHING = """
    -f a.py,b.py -H http://x -u 100 -r 10 -t 1h30m --headless -T a b -E c --csv out/x
    --csv-full-history --only-summary --reset-stats --json --json-file x.json -L debug
    --logfile run.log --exit-code-on-error 0 -s 10s --equal-weights --profile nightly
    --plugins http,grpc A B
"""


def test_without_arguments_everything_has_its_default(parse):
    options = parse()
    assert (options.users, options.spawn_rate, options.run_time) == (None, None, None)
    assert (options.headless, options.loglevel, options.exit_code_on_error) == (False, "INFO", 1)
    assert (options.stop_timeout, options.user_classes, options.tags) == (0, [], None)


def test_the_documented_options_are_read(parse):
    options = parse(*EVERYTHING.split())
    assert vars(options) == {
        **vars(default_options()),
        "swarmfile": ["a.py", "b.py"],
        "host": "http://x",
        "users": 100,
        "spawn_rate": 10.0,
        "run_time": 5400.0,
        "headless": True,
        "tags": ["a", "b"],
        "exclude_tags": ["c"],
        "csv": "out/x",
        "csv_full_history": True,
        "only_summary": True,
        "reset_stats": True,
        "json": True,
        "json_file": "x.json",
        "loglevel": "DEBUG",
        "logfile": "run.log",
        "exit_code_on_error": 0,
        "stop_timeout": 10.0,
        "equal_weights": True,
        "profile": "nightly",
        "plugins": ["http", "grpc"],
        "user_classes": ["A", "B"],
    }


def test_the_peers_name_of_the_test_file_option_is_accepted(parse):
    assert parse("--locustfile", "a.py").swarmfile == ["a.py"]


def test_user_classes_may_stand_anywhere(parse):
    options = parse("A", "-u", "5", "B", "--headless", "C")
    assert (options.user_classes, options.users) == (["A", "B", "C"], 5)


def test_two_dashes_separate_tags_from_user_classes(parse):
    options = parse("--tags", "a", "--", "MyUser")
    assert (options.tags, options.user_classes) == (["a"], ["MyUser"])


def test_tags_given_twice_add_up(parse):
    assert parse("-T", "a", "-T", "b", "c").tags == ["a", "b", "c"]


def test_a_flag_can_be_unset(parse):
    assert parse("--no-headless", environ={"SWARM_HEADLESS": "true"}).headless is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--users", "0"], "--users: '0' is too few, a test needs at least 1 user"),
        (["-u", "-5"], "--users: '-5' is too few, a test needs at least 1 user"),
        (["-u", "x"], "--users: 'x' is not a whole number"),
        (["-r", "nan"], "--spawn-rate: 'nan' is not a finite number of users per second"),
        (["-H", " "], "--host: the host is blank"),
        (["-t"], "--run-time: expected one argument"),
        (["--headless=yes"], "--headless: ignored explicit argument 'yes'"),
    ],
)
def test_a_wrong_value_is_named_with_its_option(parse, arguments, message):
    with pytest.raises(ConfigError) as caught:
        parse(*arguments)
    assert str(caught.value) == message
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_bad_run_time_says_what_is_accepted(parse):
    with pytest.raises(ConfigError, match=r"--run-time: '5 minutes' .* 500ms, 30s, 20m, 3h"):
        parse("-t", "5 minutes")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("--spwan-rate", "--spawn-rate"),
        ("--spawnrate=10", "--spawn-rate"),
        ("--run", "--run-time"),
        ("--Headless", "--headless"),
        ("--user", "--users"),
    ],
)
def test_an_unknown_option_is_told_what_was_probably_meant(parse, given, meant):
    with pytest.raises(ConfigError) as caught:
        parse(given)
    assert str(caught.value) == f"Unknown option {given.partition('=')[0]}"
    assert caught.value.hint == f"Did you mean {meant}?"


def test_an_option_like_no_other_is_pointed_to_the_help(parse):
    with pytest.raises(ConfigError) as caught:
        parse("--qqqqqq")
    assert caught.value.hint == "swarm --help lists all options."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--csv-full-history", "--csv does not ask for any"),
        ("--only-summary --print-stats", "contradict each other"),
        ("--list --show-task-ratio", "contradict each other"),
        ("--show-task-ratio --show-task-ratio-json", "contradict each other"),
        ("--skip-log --logfile x", "With --skip-log nothing is written to the --logfile"),
        ("--skip-log-setup --logfile x", "With --skip-log-setup nothing is written"),
        ("-T a b -E b", "The tag b cannot be both included and excluded"),
        ("-T a b -E b a", "The tags a and b cannot be both"),
    ],
)
def test_contradictory_options_are_refused_with_a_hint(parse, arguments, message):
    with pytest.raises(ConfigError, match=message) as caught:
        parse(*arguments.split())
    assert caught.value.hint


def test_help_and_version_hinder_no_contradiction_and_no_broken_file(parse, tmp_path):
    (tmp_path / "swarm.conf").write_text("nonsense = 1")
    assert parse("--help", "--csv-full-history").help is True
    assert parse("-V").version is True


def test_every_option_has_help_and_names_of_its_own():
    options = core_options()
    for names in (
        [flag for option in options for flag in option.flags],
        [option.dest for option in options],
        [option.env for option in options if option.env],
        [key for option in options for key in option.keys],
    ):
        assert len(names) == len(set(names))
    assert all(option.help for option in options)


def test_the_early_phase_passes_over_what_only_test_files_know(tmp_path):
    options = early_options(
        ["--my-argument", "5", "-f", "a.py", "--verbose", "-u", "7"],
        environ={},
        directory=tmp_path,
    )
    assert (options.swarmfile, options.users) == (["a.py"], 7)


def test_the_early_phase_passes_over_unknown_keys_of_files(tmp_path):
    (tmp_path / "swarm.conf").write_text("my-argument = 5\nswarmfile = a.py")
    assert early_options([], environ={}, directory=tmp_path).swarmfile == ["a.py"]


def test_options_for_library_use_are_the_defaults_and_what_is_given(parse):
    assert vars(default_options()) == vars(parse())
    assert default_options(users=5).users == 5


def test_an_unknown_option_for_library_use_is_refused():
    with pytest.raises(ConfigError, match=r"no option user$") as caught:
        default_options(user=5)
    assert caught.value.hint == "Did you mean users?"


def test_two_parses_share_no_lists(parse):
    parse().user_classes.append("A")
    assert parse().user_classes == []
