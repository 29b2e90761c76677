import pytest

from swarm.core import Environment, TaskSet, User, constant, tag, task
from swarm.core.exception import ConfigError, RunnerAlreadyExistsError, RunnerError


class Shopper(User):
    host = "http://shop"
    wait_time = constant(1)

    @task(3)
    def browse(self):
        pass

    @tag("pay")
    @task
    def pay(self):
        pass


class Admin(User):
    @task
    class Work(TaskSet):
        @tag("slow")
        @task
        def restart(self):
            pass


def classes(environment):
    return {cls.__name__: cls for cls in environment.run_classes()}


def names(cls):
    return [item.__name__ for item in cls.tasks]


def test_the_classes_run_as_they_are_where_nothing_is_set():
    assert Environment(user_classes=[Shopper, Admin]).run_classes() == [Shopper, Admin]


def test_the_host_of_the_run_takes_the_place_of_the_classes_own():
    run = classes(Environment(user_classes=[Shopper, Admin], host="http://other"))
    assert {cls.host for cls in run.values()} == {"http://other"}
    assert Shopper.host == "http://shop"
    assert Admin.host is None


def test_settings_hold_for_the_run_and_win_over_the_host():
    environment = Environment(user_classes=[Shopper, Admin], host="http://other")
    environment.config_users(
        [
            {"user_class_name": "Shopper", "weight": 2, "colour": "red"},
            {"user_class_name": "Shopper", "weight": 5, "host": "http://mine"},
            {"user_class_name": "Admin", "fixed_count": 1},
        ]
    )
    run = classes(environment)
    assert (run["Shopper"].weight, run["Shopper"].colour) == (5, "red")
    assert run["Shopper"].host == "http://mine"
    assert run["Admin"].fixed_count == 1
    assert run["Admin"].host == "http://other"
    assert Shopper.weight == 1
    assert not hasattr(Shopper, "colour")
    assert Admin.fixed_count == 0


def test_a_derived_class_passes_for_the_original():
    (derived,) = Environment(user_classes=[Shopper], host="http://other").run_classes()
    assert issubclass(derived, Shopper)
    assert (derived.__name__, derived.__module__) == (Shopper.__name__, Shopper.__module__)


def test_settings_can_choose_tasks_by_name():
    environment = Environment(user_classes=[Shopper])
    environment.config_users([{"user_class_name": "Shopper", "tasks": ["pay"]}])
    assert names(classes(environment)["Shopper"]) == ["pay"]
    assert len(Shopper.tasks) == 4


def test_an_unknown_task_in_the_settings_is_named():
    environment = Environment(user_classes=[Shopper])
    environment.config_users([{"user_class_name": "Shopper", "tasks": ["brwse"]}])
    with pytest.raises(ConfigError, match="no task called brwse") as refusal:
        environment.run_classes()
    assert "browse" in refusal.value.hint


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"user_class_name": "Shopper"}, "an object instead of a list"),
        ("Shopper", "text instead of a list"),
        (None, "nothing instead of a list"),
        (["Shopper"], "text where an object"),
        ([{"weight": 1}], "user_class_name"),
        ([{"user_class_name": 7}], "user_class_name"),
        ([{"user_class_name": "Shoper"}], "for Shoper, which is no user class"),
        ([{"user_class_name": "Shopper", "weight": "3"}], "weight to '3'"),
        ([{"user_class_name": "Shopper", "weight": -1}], "weight to -1"),
        ([{"user_class_name": "Shopper", "weight": True}], "weight to True"),
        ([{"user_class_name": "Shopper", "fixed_count": 1.5}], "fixed_count to 1.5"),
        ([{"user_class_name": "Shopper", "fixed_count": None}], "fixed_count to None"),
        ([{"user_class_name": "Shopper", "host": 80}], "host to 80"),
        ([{"user_class_name": "Shopper", "tasks": "pay"}], "tasks to 'pay'"),
        ([{"user_class_name": "Shopper", "tasks": [1]}], "tasks to"),
        ([{"user_class_name": "Shopper", "wait_time": 3}], "wait_time is a method"),
        ([{"user_class_name": "Shopper", "__class__": "x"}], "no attribute that can be set"),
        ([{"user_class_name": "Shopper", "not a name": 1}], "no attribute that can be set"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_with_a_hint(settings, message):
    with pytest.raises(ConfigError, match=message) as refusal:
        Environment(user_classes=[Shopper]).config_users(settings)
    assert refusal.value.hint


def test_a_class_name_that_is_nearly_right_gets_a_suggestion():
    with pytest.raises(ConfigError) as refusal:
        Environment(user_classes=[Shopper]).config_users([{"user_class_name": "Shoper"}])
    assert "Did you mean Shopper?" in refusal.value.hint


def test_tags_leave_only_what_they_choose():
    assert names(classes(Environment(user_classes=[Shopper], tags=["pay"]))["Shopper"]) == ["pay"]
    run = classes(Environment(user_classes=[Shopper, Admin], exclude_tags=["pay", "slow"]))
    assert names(run["Shopper"]) == ["browse"] * 3
    assert "Admin" not in run


def test_a_class_without_a_task_left_is_left_out_with_a_warning(caplog):
    run = classes(Environment(user_classes=[Shopper, Admin], tags=["pay"]))
    assert list(run) == ["Shopper"]
    assert "Admin is left out" in caplog.text
    assert "--tags pay" in caplog.text


def test_tags_that_leave_nothing_at_all_are_an_error():
    with pytest.raises(ConfigError, match="No task is left"):
        Environment(user_classes=[Shopper], tags=["nothing"]).run_classes()


def test_tags_come_from_the_options_unless_given():
    class Options:
        tags = ["pay"]
        exclude_tags = None

    assert Environment(parsed_options=Options()).tags == ["pay"]
    assert Environment(parsed_options=Options(), tags=[]).tags == []


def test_tags_of_the_user_class_count_for_its_tasks():
    @tag("shop")
    class Tagged(Shopper):
        pass

    run = classes(Environment(user_classes=[Tagged, Admin], tags=["shop"]))
    assert len(run["Tagged"].tasks) == 4


def test_equal_weights_hold_for_the_run():
    environment = Environment(user_classes=[Shopper])
    environment.assign_equal_weights()
    assert sorted(names(classes(environment)["Shopper"])) == ["browse", "pay"]
    assert len(Shopper.tasks) == 4


def test_abstract_classes_do_not_run():
    class Base(User):
        abstract = True

    assert list(classes(Environment(user_classes=[Base, Shopper]))) == ["Shopper"]


def test_two_classes_of_one_name_are_refused_with_their_modules():
    other = type("Shopper", (User,), {"__module__": "elsewhere"})
    with pytest.raises(ConfigError, match=r"Two user classes are called Shopper.*elsewhere"):
        Environment(user_classes=[Shopper, other])


def test_the_same_class_twice_is_one_class():
    assert Environment(user_classes=[Shopper, Shopper]).user_classes == [Shopper]


@pytest.mark.parametrize("wrong", [3, "Shopper", int, object()])
def test_what_is_no_user_class_is_refused(wrong):
    with pytest.raises(ConfigError, match="no user class"):
        Environment(user_classes=[wrong])


@pytest.mark.parametrize("timeout", [-1, "10", float("nan"), True])
def test_a_stop_timeout_that_is_no_time_is_refused(timeout):
    with pytest.raises(ConfigError, match="stop_timeout"):
        Environment(stop_timeout=timeout)


def test_without_a_command_line_there_are_no_options_and_nothing_is_shared():
    one, other = Environment(), Environment()
    assert one.parsed_options is None
    assert one.runner is None
    assert one.process_exit_code is None
    assert one.events is not other.events
    assert one.stats is not other.stats


def test_a_second_runner_needs_the_first_to_have_quit():
    environment = Environment(user_classes=[Shopper])
    first = environment.create_local_runner()
    with pytest.raises(RunnerAlreadyExistsError):
        environment.create_local_runner()
    first.quit()
    second = environment.create_local_runner()
    assert environment.runner is second
    second.quit()


def test_what_does_not_exist_yet_says_so():
    with pytest.raises(RunnerError, match="later version"):
        Environment().create_web_ui("127.0.0.1", 8089)
