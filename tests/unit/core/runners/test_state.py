from itertools import pairwise

import pytest

from swarm.core import runners
from swarm.core.exception import RunnerError
from swarm.core.runners.state import RunState, moved

COURSE = [
    RunState.READY,
    RunState.SPAWNING,
    RunState.SPAWNING,
    RunState.RUNNING,
    RunState.SPAWNING,
    RunState.STOPPING,
    RunState.CLEANUP,
    RunState.STOPPED,
    RunState.SPAWNING,
]


def test_the_course_of_a_run_is_legal():
    for current, following in pairwise(COURSE):
        assert moved(current, following) is following


@pytest.mark.parametrize(
    ("current", "following"),
    [
        ("ready", "running"),
        ("ready", "stopping"),
        ("running", "stopped"),
        ("running", "ready"),
        ("stopping", "spawning"),
        ("stopping", "running"),
        ("cleanup", "spawning"),
        ("stopped", "running"),
        ("stopped", "stopping"),
    ],
)
def test_shortcuts_are_refused(current, following):
    with pytest.raises(RunnerError, match=f"{current} cannot become {following}"):
        moved(RunState(current), RunState(following))


@pytest.mark.parametrize("state", list(RunState))
def test_any_state_may_go_missing_and_come_back(state):
    assert moved(state, RunState.MISSING) is RunState.MISSING
    assert moved(RunState.MISSING, state) is state


def test_states_are_the_texts_that_peers_and_documents_use():
    assert runners.STATE_INIT == "ready"
    assert runners.STATE_CLEANUP == "cleanup"
    assert [runners.STATE_SPAWNING, runners.STATE_RUNNING] == ["spawning", "running"]
    assert [runners.STATE_STOPPING, runners.STATE_STOPPED] == ["stopping", "stopped"]
    assert runners.STATE_MISSING == "missing"
