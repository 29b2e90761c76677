"""HTTP/1.1 over gevent, with as little between the socket and the caller as is right.

- `address`: URLs, origins and request targets
- `connection`, `connect`, `tls`: one socket; how it is opened; TLS
- `pool`: idle connections, by origin
- `request`: heads and bodies that are sent
- `response`, `reading`, `decode`: heads and bodies that are received
- `exchange`: one request and its answer
- `error`: everything that can go wrong

It knows nothing of users, rows or cookies.
"""

import swarm.core  # noqa: F401 - patches the standard library before socket and ssl are bound
