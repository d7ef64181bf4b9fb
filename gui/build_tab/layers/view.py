"""The base class of the kinds of layers in the window."""

from __future__ import annotations

from foundation.text import tr
from model.layers.kind import LayerKind


class LayerView:
    """A kind of layer in the window; each kind is a module here.

    Attributes
    ----------
    kind
        Class of the layer.
    source_name
        Name in the menu of a layer, in English.
    """

    kind: type[LayerKind]
    source_name: object

    @property
    def name(self) -> str:
        """The name in the current language."""
        return tr(str(self.source_name))
