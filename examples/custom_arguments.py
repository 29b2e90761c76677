"""Command-line options of your own: `swarm -f examples/custom_arguments.py --greeting hello …`."""

from swarm.core import constant, events, task
from swarm.http import HttpUser


@events.init_command_line_parser.add_listener
def add_arguments(parser):
    parser.add_argument("--greeting", env_var="SWARM_GREETING", default="hi", help="What to say")
    parser.add_argument("--stage", choices=["dev", "staging"], default="dev", help="Where")
    # The last ones matter to the web page: hidden, masked, required.
    parser.add_argument(
        "--build", include_in_web_ui=False, default="unknown", help="What is tested"
    )
    parser.add_argument("--api-token", is_secret=True, default="", help="Sent with each request")


@events.test_start.add_listener
def show(environment, **kwargs):
    options = environment.parsed_options
    print(f"Testing build {options.build} on {options.stage}: {options.greeting}")


class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def greet(self):
        options = self.environment.parsed_options
        headers = {"X-Greeting": options.greeting, "Authorization": f"Bearer {options.api_token}"}
        self.client.get("/", headers=headers)
