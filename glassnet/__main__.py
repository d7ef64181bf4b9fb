"""Start Glassnet: the commands ``glassnet`` and ``glassnet-window``, and ``python -m glassnet``.

The program's own packages (``foundation``, ``gui``, ``model``, ``vision``) have names that other
projects use too. Installed they therefore lie in the folder ``_app`` beside this file, and only a
running Glassnet finds them by those names; in a checkout they lie beside the folder ``glassnet``.
"""

import sys

from glassnet import find_packages


def run() -> int:
    """Run the command line; return the exit status."""
    find_packages()
    from main import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
