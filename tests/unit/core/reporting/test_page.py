import pytest

from support.reported_run import raise_and_log, spoilt
from swarm.core import runners
from swarm.core.reporting import RunSnapshot
from swarm.core.reporting.page import counts, duration, progress, summary, text_of
from swarm.core.runners.health import GeneratorHealth
from swarm.core.stats.table import text_width


def styles(line):
    return {text.strip(): style for text, style in line if style}


def test_the_progress_line_says_how_the_run_is_doing(run):
    run.options = type("Options", (), {"run_time": 60})()
    run.user_count = 7
    line = progress(RunSnapshot.of(run))
    assert text_of(line) == (
        "running  ━━━╌╌╌╌╌╌╌╌╌╌╌╌╌  0:12/1:00  7/10 users  20.2 req/s  20 fails (5.0%)  "
        "p95 38.9 ms  CPU 43%"
    )
    assert styles(line)["20 fails (5.0%)"] == "red"


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 140])
def test_the_progress_line_keeps_to_its_width(run, width):
    run.options = type("Options", (), {"run_time": 60})()
    line = text_of(progress(RunSnapshot.of(run), width))
    assert len(line) <= width
    assert "req/s" in line


def test_without_a_limit_there_is_no_bar(run):
    assert "━" not in text_of(progress(RunSnapshot.of(run)))
    assert "0:12  10 users" in text_of(progress(RunSnapshot.of(run)))


@pytest.mark.parametrize(
    ("health", "text", "style"),
    [
        (GeneratorHealth(cpu_usage=43, measured=True), "CPU 43%", None),
        (GeneratorHealth(cpu_usage=80, measured=True), "CPU 80%", "yellow"),
        (GeneratorHealth(cpu_usage=50, hub_latency=0.025), "late 25 ms", "yellow"),
        (spoilt(), "CPU 99%: overloaded", "bold red"),
    ],
)
def test_the_progress_line_shows_how_the_generator_does(run, health, text, style):
    run.health = health
    line = progress(RunSnapshot.of(run))
    assert text in text_of(line)
    assert styles(line).get(text) == style


def test_before_the_first_look_at_the_generator_the_line_says_nothing_of_it(run):
    run.health = GeneratorHealth()
    assert "CPU" not in text_of(progress(RunSnapshot.of(run)))


def test_only_rows_that_fail_are_coloured(run):
    ok, failing = (
        counts(RunSnapshot.of(run).stats, current=True)[3],
        counts(RunSnapshot.of(run).stats, current=True)[2],
    )
    assert styles(ok) == {}
    assert set(styles(failing).values()) == {"red"}


def test_the_summary_has_rows_percentiles_errors_and_exceptions(run):
    raise_and_log(run)
    raise_and_log(run, "another\nline")
    text = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50)]
    assert text[0] == "Summary  400 requests in 12.0 s, http://127.0.0.1:8080; times in ms"
    assert "Response time percentiles (ms)" in text
    assert "20  GET /: ValueError: user 0 has no basket" in text
    assert "1  ValueError: no basket" in text
    assert "1  another line" in text
    assert "       raise ValueError(message)" in text
    assert not any("Spoilt" in line for line in text)


def test_the_summary_says_when_the_generator_spoilt_the_measurement(run):
    run.health = spoilt()
    lines = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50)]
    assert lines[-1].startswith("Spoilt: The load generator used 99 % of a CPU core")


def test_the_summary_of_nothing_is_short(run):
    run.stats.clear_all()
    first, *others = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50)]
    assert first.startswith("Summary  0 requests")
    assert others == ["", "No request was made."]


def test_one_is_not_many(run):
    run.stats.clear_all()
    run.stats.record("GET", "/", 1.0, 1, ValueError("lost"))
    run.user_count = run.target_user_count = 1
    snapshot = RunSnapshot.of(run)
    assert "  1 user  " in text_of(progress(snapshot))
    assert "  1 fail (100%)  " in text_of(progress(snapshot))
    assert text_of(summary(snapshot, limit=50)[0]).startswith("Summary  1 request in")


def test_exceptions_that_there_was_no_room_for_are_counted_in_the_summary(run, monkeypatch):
    monkeypatch.setattr(runners, "MAX_EXCEPTIONS", 2)
    for number in range(5):
        raise_and_log(run, f"basket {number} is lost")
    lines = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50)]
    assert "1  ValueError: basket 1 is lost" in lines
    assert lines[-1] == "… and 3 of further kinds, which were not kept"


def test_thousands_of_rows_and_errors_are_cut(run):
    for i in range(3000):
        run.stats.record("GET", f"/{i}", 1.0, 1, ValueError("x"))
    lines = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50)]
    assert lines.count("… and 2952 more rows") == 2
    assert "… and 951 more rows" in lines
    assert len(lines) < 180


def test_a_long_traceback_is_cut_in_the_middle(run):
    # Each level calls by another name, because repeated lines are folded by Python itself.
    source = "\n".join(f"def f{i}(): return f{i + 1}()" for i in range(60)) + "\ndef f60(): 1 / 0"
    names = {}
    exec(source, names)
    try:
        names["f0"]()
    except ZeroDivisionError as error:
        run.exceptions.record(error)
    lines = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50)]
    start = lines.index("Exceptions in the users' code")
    assert len(lines[start:]) == 34
    assert lines[start + 2] == "1  ZeroDivisionError: division by zero"
    assert "…" in [line.strip() for line in lines[start:]]


@pytest.mark.parametrize("width", [50, 80, 140])
def test_the_summary_keeps_to_its_width(run, width):
    run.health = spoilt()
    for word in ("long " * 60, "日本 " * 60, "[bold]x[/bold]\n\x1b[31m"):
        run.stats.record("GET", f"/{word}", 1.0, 1, ValueError(word))
    lines = [text_of(line) for line in summary(RunSnapshot.of(run), limit=50, width=width)][1:]
    assert max(map(text_width, lines)) <= width
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (754, "12:34"), (3723, "1:02:03")]
)
def test_times_are_written_as_on_a_clock(seconds, text):
    assert duration(seconds) == text
