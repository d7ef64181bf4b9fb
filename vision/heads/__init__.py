"""Ways to read what a network gives: one module a head, each of which is found here."""

from pathlib import Path

from foundation.kinds import import_modules

import_modules(__package__, [str(Path(__file__).parent)])
