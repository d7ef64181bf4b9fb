"""Ways to read a network's outputs: one module per head, each found here."""

from pathlib import Path

from foundation.kinds import import_modules

import_modules(__package__, [str(Path(__file__).parent)])
