import swarm.core.runners as settings
from swarm.core.runners import GeneratorHealth


def test_a_generator_that_kept_up_spoils_nothing():
    health = GeneratorHealth(worst_cpu_usage=60, worst_hub_latency=0.002, measured=True)
    assert not health.spoilt
    assert health.reasons == ()
    assert "kept up" in health.summary()
    assert "60 %" in health.summary()


def test_too_much_cpu_spoils_the_measurement_and_says_so():
    health = GeneratorHealth(cpu_usage=20, worst_cpu_usage=97.4, measured=True)
    assert health.spoilt
    assert "used 97 % of a CPU core (limit 90 %)" in health.summary()
    assert "too high" in health.summary()


def test_late_greenlets_spoil_the_measurement_and_say_so():
    health = GeneratorHealth(worst_hub_latency=0.2, longest_stall=1.5, measured=True)
    assert health.spoilt
    assert "200 ms late on average (limit 50 ms), at worst 1500 ms" in health.summary()


def test_the_limits_can_be_set(monkeypatch):
    monkeypatch.setattr(settings, "CPU_WARNING_THRESHOLD", 50)
    monkeypatch.setattr(settings, "HUB_LATENCY_THRESHOLD", 0.001)
    health = GeneratorHealth(worst_cpu_usage=60, worst_hub_latency=0.002, measured=True)
    assert len(health.reasons) == 2


def test_unwatched_is_not_called_healthy():
    assert "not watched" in GeneratorHealth().summary()
