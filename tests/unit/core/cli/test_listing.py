"""What is printed of a test instead of running it."""

from hypothesis import given
from hypothesis import strategies as st

from swarm.core import User, task
from swarm.core.cli import listing
from swarm.core.cli.table import columns


class Many(User):
    weight = 3

    @task(3)
    def often(self):
        pass

    @task
    def seldom(self):
        pass


class Few(User):
    @task
    def work(self):
        pass


class Fixed(User):
    fixed_count = 2

    @task
    def watch(self):
        pass


def _shares(ratios):
    return {name: node["ratio"] for name, node in ratios["total"].items()}


def test_without_a_number_of_users_the_weights_decide():
    assert _shares(listing.ratios([Many, Few], None)) == {"Many": 0.75, "Few": 0.25}


def test_with_a_number_of_users_fixed_counts_come_first():
    assert _shares(listing.ratios([Many, Few, Fixed], 10)) == {
        "Many": 0.6,
        "Few": 0.2,
        "Fixed": 0.2,
    }


def test_the_table_shows_both_views():
    lines = listing.ratio_table(listing.ratios([Many, Few], None))
    assert "  *  75.0 % often" in lines
    assert lines.index("Task ratio per user class") < lines.index("Total task ratio")
    assert any(line.strip() == "*  56.2 % often" for line in lines)


@given(st.lists(st.lists(st.text("abc ", max_size=5), min_size=2, max_size=2), min_size=1))
def test_columns_are_aligned_and_lose_nothing(rows):
    width = max(len(first) for first, _ in rows)
    for (first, second), line in zip(rows, columns(rows), strict=True):
        assert line == (first.ljust(width) + "  " + second.ljust(0)).rstrip()
