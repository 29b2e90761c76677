import pytest

from swarm.core.text import closest, did_you_mean, join

NAMES = ["--spawn-rate", "--run-time", "--host", "HomeUser", "Homepage"]


@pytest.mark.parametrize(
    ("word", "match"),
    [
        ("--spwan-rate", "--spawn-rate"),
        ("--run", "--run-time"),
        ("homeuser", "HomeUser"),
        ("zzz", None),
        ("-x", None),
        ("", None),
    ],
)
def test_the_closest_word_is_found(word, match):
    assert closest(word, NAMES) == match


def test_a_suggestion_is_a_question_or_nothing():
    assert did_you_mean("--hots", NAMES) == "Did you mean --host?"
    assert did_you_mean("zzz", NAMES) == ""
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_people_do(words, text):
    assert join(words) == text


def test_the_last_word_may_be_joined_differently():
    assert join(["a", "b"], "or") == "a or b"
