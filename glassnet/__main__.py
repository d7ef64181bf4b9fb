"""Start Glassnet: the commands ``glassnet`` and ``glassnet-window``, and ``python -m glassnet``."""

import sys

from main import main


def run() -> int:
    """Run the command line; return the exit status."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
