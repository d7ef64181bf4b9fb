"""The protocol of kinds of layers in the window."""

from __future__ import annotations

from foundation.text import tr
from model.layers.kind import LayerKind


class LayerView:
    """A kind of layer in the window; each kind is a module here.

    Attributes
    ----------
    kind
        The kind of layer.
    source_name
        What the menu of a layer calls it, in English.
    """

    kind: type[LayerKind]
    source_name: object

    @property
    def name(self) -> str:
        """The name in the current language."""
        return tr(str(self.source_name))
