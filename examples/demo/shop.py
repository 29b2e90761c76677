"""A small web shop to aim at: a real HTTP service, in a process of its own.

    python examples/demo/shop.py [PORT]

prints its address once it listens on 127.0.0.1 (port 0, the default, finds a free one).
Searching is slower than looking, and the checkout is refused now and then: a summary
without any variation would teach nothing.
"""

from gevent import monkey

monkey.patch_all()

import itertools
import random
import socket
import sys

import gevent
from flask import Flask, Response, abort, jsonify, request
from gevent.pywsgi import WSGIServer

REFUSED = 0.02  # of the checkouts

shop = Flask(__name__)
products = {number: {"id": number, "price": 5 + number * 3 % 40} for number in range(1, 101)}
carts: dict[str, list[int]] = {}
orders = itertools.count(1)


@shop.get("/")
def front() -> str:
    return "<h1>Welcome</h1>" + "".join(f"<a href=/product/{n}>{n}</a>" for n in products)


@shop.get("/product/<int:number>")
def product(number: int) -> Response:
    return jsonify(products.get(number) or abort(404))


@shop.get("/search")
def search() -> Response:
    gevent.sleep(random.uniform(0.01, 0.05))
    limit = int(request.args.get("limit", 10))
    return jsonify(
        [p for p in products.values() if str(p["id"]).startswith(request.args["q"])][:limit]
    )


@shop.post("/login")
def login() -> Response:
    user = request.get_json()["user"]
    carts[user] = []
    response = jsonify(user=user)
    response.set_cookie("session", user)
    return response


@shop.post("/cart")
def add_to_cart() -> Response:
    cart = carts.get(request.cookies.get("session", ""))
    if cart is None:
        abort(401)
    cart.append(request.get_json()["id"])
    return jsonify(items=len(cart))


@shop.post("/checkout")
def checkout() -> Response:
    cart = carts.get(request.cookies.get("session", ""))
    if not cart:
        abort(401 if cart is None else 409)
    if random.random() < REFUSED:
        abort(503, "The bank does not answer.")
    total = sum(products[number]["price"] for number in cart)
    cart.clear()
    return jsonify(order=next(orders), total=total)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = WSGIServer(("127.0.0.1", port), shop, log=None, backlog=512)
    server.start()
    # Connections inherit it. Without it, small answers in two pieces wait 40 ms for the
    # client's delayed acknowledgement, and one would measure that.
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
