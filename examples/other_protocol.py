"""Any protocol: wrap a blocking client and let `measure()` report each call.

Here XML-RPC, whose client is in the standard library; the server runs in this process only
to keep the example in one file.
"""

import threading
import xmlrpc.client
from xmlrpc.server import SimpleXMLRPCServer

from swarm.core import User, constant, events, task


class XmlRpcClient(xmlrpc.client.ServerProxy):
    """Reports every remote call as a request event."""

    def __init__(self, host, request_event):
        super().__init__(host)
        self._request_event = request_event

    def __getattr__(self, name):
        method = xmlrpc.client.ServerProxy.__getattr__(self, name)

        def call(*args):
            # An exception in the block marks the request as failed and goes no further.
            with self._request_event.measure("xmlrpc", name) as request_meta:
                request_meta["response"] = method(*args)
            return request_meta.get("response")

        return call


class XmlRpcUser(User):
    abstract = True

    def __init__(self, environment):
        super().__init__(environment)
        self.client = XmlRpcClient(self.host, environment.events.request)


class Calculator(XmlRpcUser):
    host = "http://127.0.0.1:18877"
    wait_time = constant(0.05)

    @task
    def add(self):
        self.client.add(19, 23)


@events.init.add_listener
def start_server(environment, **kwargs):
    server = SimpleXMLRPCServer(("127.0.0.1", 18877), logRequests=False)
    server.register_function(lambda a, b: a + b, "add")
    threading.Thread(target=server.serve_forever, daemon=True).start()
