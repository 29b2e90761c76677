from support.distributions import Site
from swarm.core.plugins.discovery import discover

BOOM = "raise RuntimeError('imported')"


def test_offers_are_listed_by_name_with_distribution_and_version(site):
    site.install("swarm-zeta", {"swarm.users": {"zeta": "zeta:Zeta"}}, version="2.1")
    site.install("acme-alpha", {"swarm.plugins": {"alpha": "alpha:plugin"}}, version="0.9")
    assert [(o.name, o.distribution, o.version) for o in site.offers()] == [
        ("alpha", "acme-alpha", "0.9"),
        ("zeta", "swarm-zeta", "2.1"),
    ]


def test_what_carries_one_name_in_several_groups_is_one_offer(site):
    site.install(
        "swarm-grpc",
        {
            "swarm.users": {"grpc": "g:User"},
            "swarm.prepare": {"grpc": "g:prepare"},
            "swarm.plugins": {"grpc": "g:plugin"},
        },
    )
    (offer,) = site.offers()
    assert set(offer.parts) == {"swarm.users", "swarm.prepare", "swarm.plugins"}


def test_one_name_from_two_distributions_is_two_offers(site):
    site.install("first", {"swarm.plugins": {"same": "first:plugin"}})
    site.install("second", {"swarm.users": {"same": "second:User"}})
    assert [o.distribution for o in site.offers()] == ["first", "second"]


def test_listing_imports_nothing(site):
    site.install(
        "swarm-boom",
        {"swarm.users": {"boom": "boom:User"}, "swarm.prepare": {"boom": "boom:prepare"}},
        {"boom.py": BOOM},
    )
    code = """
        import sys
        from swarm.core.plugins.discovery import discover
        (offer,) = [o for o in discover() if o.name == "boom"]
        loaded = [name for name in ("boom", "stevedore") if name in sys.modules]
        print(offer.distribution, sorted(offer.parts), loaded)
    """
    done = site.run(code)
    assert done.stdout == "swarm-boom ['swarm.prepare', 'swarm.users'] []\n", done.stderr


def test_what_is_installed_while_the_process_runs_is_seen(site):
    assert "late" not in {o.name for o in discover()}
    site.install("swarm-late", {"swarm.users": {"late": "late:User"}})
    assert "late" in {o.name for o in discover()}


def test_other_entry_points_are_ignored(site):
    site.install("tool", {"console_scripts": {"tool": "tool:main"}, "swarm.users": {"t": "t:U"}})
    assert [set(o.parts) for o in discover() if o.distribution == "tool"] == [{"swarm.users"}]


def test_damaged_metadata_costs_only_its_own_distribution(site):
    site.install("swarm-good", {"swarm.users": {"good": "good:User"}})
    site.install("swarm-bad", {"swarm.users": {"bad": "bad:User"}})
    (site.path / "swarm_bad-1.0.dist-info" / "METADATA").unlink()
    assert {o.name: (o.distribution, o.version) for o in site.offers()} == {
        "good": ("swarm-good", "1.0"),
        "bad": ("unknown distribution", ""),
    }


def test_the_core_s_own_plugins_are_found_by_the_same_mechanism():
    own = {o.name: o for o in discover() if o.is_core}
    assert {"console", "csv", "json"} <= set(own)


def test_the_family_is_the_distribution_without_the_customary_prefix(tmp_path):
    site = Site(tmp_path)
    site.install("Swarm_Db", {"swarm.users": {"postgres": "x:Y"}})
    site.install("acme-kafka", {"swarm.users": {"kafka": "x:Y"}})
    assert {o.name: o.family for o in site.offers()} == {"postgres": "db", "kafka": "acme-kafka"}
