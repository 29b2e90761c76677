import signal
import sys
import time

import gevent
import pytest

from swarm.core.exception import ExitCode, PluginError
from swarm.core.plugins import Selection, load
from swarm.core.plugins.timelimit import TimeLimitError, time_limit

RECORDER = """
    import sys
    def prepare():
        sys.modules["prepared_by"] = __name__, "late_plugin" in sys.modules
"""


OBJECT = "import types\nplugin = types.SimpleNamespace(name={!r}, api=1)"


def named(*names):
    return Selection(names, "SWARM_PLUGINS")


@pytest.fixture
def hook(site):
    def install_hook(source, name="grpc"):
        site.install(
            f"swarm-{name}",
            {
                "swarm.prepare": {name: f"{name}_prepare:prepare"},
                "swarm.plugins": {name: "late_plugin:plugin"},
            },
            {
                f"{name}_prepare.py": source,
                "late_plugin.py": OBJECT.format(name),
            },
        )
        return site.offers()

    yield install_hook
    sys.modules.pop("prepared_by", None)


def test_a_hook_runs_before_its_plugin_is_imported(hook):
    plugins = load(named("grpc"), offers=hook(RECORDER))
    assert sys.modules["prepared_by"] == ("grpc_prepare", False)
    assert len(plugins.plugins) == 1


def test_the_hook_of_an_unselected_plugin_does_not_run(hook):
    load(named(), offers=hook(RECORDER))
    assert "prepared_by" not in sys.modules
    assert "grpc_prepare" not in sys.modules


@pytest.mark.parametrize("raised", ["RuntimeError('no gevent')", "AssertionError('no gevent')"])
def test_a_hook_that_raises_ends_the_run_if_its_plugin_was_named(hook, raised):
    offers = hook(f"def prepare(): raise {raised}")
    with pytest.raises(
        PluginError, match=r"grpc \(swarm-grpc 1.0\).*prepare hook: .*no gevent"
    ) as caught:
        load(named("grpc"), offers=offers)
    assert caught.value.exit_code is ExitCode.PLUGIN
    assert "late_plugin" not in sys.modules


def test_a_hook_that_raises_leaves_the_whole_plugin_out_if_nobody_named_it(hook):
    plugins = load(offers=hook("def prepare(): raise OSError('no gevent')"))
    (row,) = plugins.report()
    assert (row.status, row.error) == ("broken", "failed in its prepare hook: OSError: no gevent")
    assert "late_plugin" not in sys.modules


def test_a_hook_must_be_callable(hook):
    (row,) = load(offers=hook("prepare = 7")).report()
    assert "cannot be called: 7" in row.error


@pytest.mark.parametrize(
    "hang",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "from gevent import monkey; monkey.get_original('time', 'sleep')(60)",
    ],
    ids=["cooperatively", "in a loop", "in an unpatched call"],
)
def test_a_hook_that_hangs_ends_at_a_limit_with_the_plugin_s_name(hook, hang):
    offers = hook(f"def prepare():\n    {hang}")
    begun = time.monotonic()
    with pytest.raises(
        PluginError, match=r"grpc .*hangs in its prepare hook grpc_prepare:prepare.*0\.1 s"
    ):
        load(named("grpc"), offers=offers, prepare_limit=0.1)
    assert time.monotonic() - begun < 5


def test_a_hook_that_hangs_and_was_not_named_is_left_out(hook):
    offers = hook("def prepare():\n    import time\n    time.sleep(60)")
    (row,) = load(offers=offers, prepare_limit=0.05).report()
    assert row.status == "broken"


def test_the_limit_cannot_be_swallowed():
    def stubborn():
        while True:
            try:
                gevent.sleep(60)
            except Exception:
                continue

    with pytest.raises(TimeLimitError, match=r"not done after 0\.05 seconds"), time_limit(0.05):
        stubborn()


def test_another_timeout_passes_the_limit():
    with pytest.raises(gevent.Timeout), time_limit(10), gevent.Timeout(0.01):
        gevent.sleep(60)


def test_the_limit_works_beside_the_main_thread():
    def hang():
        with time_limit(0.05):
            gevent.sleep(60)

    worker = gevent.get_hub().threadpool.spawn(hang)
    with pytest.raises(TimeLimitError):
        worker.get(timeout=10)


def test_an_alarm_that_was_set_before_still_comes():
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    former = signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with time_limit(10):
            pass
        deadline = time.monotonic() + 5
        while not rung and time.monotonic() < deadline:
            gevent.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *former)
    assert rung == [True]
