"""Worker processes: what they are told, and how many there are."""

import os

from swarm.core.cli.orders import Orders
from swarm.core.cli.processes import process_count
from swarm.core.config import default_options


def test_orders_survive_the_pipe():
    orders = Orders(host="127.0.0.1", port=5, secret="ümlaut\nand a line")
    assert Orders.from_line(orders.to_line()) == orders
    assert orders.to_line().count(b"\n") == 1
    assert orders.parent == os.getpid()


def test_orders_show_no_secret():
    assert "hush" not in repr(Orders(secret="hush"))


def test_orders_make_the_parents_options_those_of_its_worker():
    options = default_options(master=True, processes=3, users=5)
    Orders(host="::1", port=7).apply(options)
    assert (options.master, options.worker, options.processes) == (False, True, None)
    assert (options.master_host, options.master_port, options.users) == ("::1", 7, 5)


def test_orders_without_an_address_leave_the_options_their_own():
    options = default_options(worker=True, processes=3, master_host="10.0.0.1", master_port=6000)
    Orders().apply(options)
    assert (options.master_host, options.master_port) == ("10.0.0.1", 6000)


def test_minus_one_is_a_process_for_each_core_that_we_may_use():
    assert process_count(3) == 3
    assert process_count(-1) == len(os.sched_getaffinity(0))
