import pytest

from swarm.core.text import closest, counted, did_you_mean, encodable, join

NAMES = ["--spawn-rate", "--run-time", "--host", "HomeUser", "Homepage"]


@pytest.mark.parametrize(
    ("word", "match"),
    [
        ("--spwan-rate", "--spawn-rate"),
        ("--run", "--run-time"),
        ("homeuser", "HomeUser"),
        ("zzz", None),
        ("-x", None),
        ("--html", None),
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


@pytest.mark.parametrize(("number", "text"), [(0, "0 users"), (1, "1 user"), (2, "2 users")])
def test_what_is_counted_agrees_with_its_number(number, text):
    assert counted(number, "user") == text


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("── /café …", "ascii", "-- /caf? ~"),
        ("━━╌ …", "latin-1", "##. ~"),
        ("── /café …", "utf-8", "── /café …"),
        ("── /café …", None, "── /café …"),
        ("── /café …", "no-such-encoding", "── /café …"),
    ],
)
def test_what_an_encoding_lacks_is_replaced_character_by_character(text, encoding, shown):
    assert encodable(text, encoding) == shown


def test_the_last_word_may_be_joined_differently():
    assert join(["a", "b"], "or") == "a or b"
