"""Code shared by the readers of protocol buffers."""

from __future__ import annotations

from typing import Final

from foundation.text import Text

OTHER: Final = Text("it is damaged, or a file of another kind")


class WireError(ValueError):
    """The bytes are not a protocol-buffer message of the expected kind."""
