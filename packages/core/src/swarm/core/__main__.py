"""`python -m swarm.core`, the `swarm` command of this very interpreter."""

import sys

from swarm.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
