"""The same file as a test for pytest and as a load for swarm.

pytest -H http://127.0.0.1:8000 examples/test_pytest_style.py
swarm -f examples/test_pytest_style.py --headless -H http://127.0.0.1:8000
"""

import time


def test_front_page(session):
    response = session.get("/")
    response.raise_for_status()
    with session.get("/product/1", catch_response=True) as product:
        if "price" not in product.text:
            product.failure("the price is missing")
        # also fails when failure() was called above
        product.raise_for_status()
    time.sleep(0.1)


def test_search(fastsession):
    fastsession.get("/search?q=1", name="/search").raise_for_status()
    time.sleep(0.1)
