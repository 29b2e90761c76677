"""Start the shop, aim swarm at it for some seconds, show the summary: `make demo`.

python examples/demo/demo.py [--run-time 20s] [more options of swarm]
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
DEFAULTS = ["--headless", "--users", "30", "--spawn-rate", "5", "--run-time", "20s"]
# The shop refuses some checkouts on purpose, so failures are no reason to fail.
EXPECTED_FAILURES = ["--exit-code-on-error", "0"]


def main() -> int:
    shop = subprocess.Popen([sys.executable, HERE / "shop.py"], stdout=subprocess.PIPE, text=True)
    try:
        host = shop.stdout.readline().strip()
        if not host:
            print("The shop did not start.", file=sys.stderr)
            return 1
        command = [sys.executable, "-m", "swarm.core", "-f", str(HERE / "swarmfile.py")]
        command += ["--host", host, *DEFAULTS, *EXPECTED_FAILURES, *sys.argv[1:]]
        print(f"The shop listens on {host}. Now:\n\n  swarm {' '.join(command[3:])}\n", flush=True)
        return subprocess.run(command, check=False).returncode
    finally:
        shop.terminate()
        shop.wait(10)


if __name__ == "__main__":
    raise SystemExit(main())
