"""The kinds of layers in the window, one module each."""

from __future__ import annotations

from foundation.kinds import import_modules
from gui.build_tab.layers.view import LayerView
from model.layers import LAYER_KINDS
from model.layers.kind import LayerKind

import_modules(__name__, __path__)
_FOUND = {view.kind: view() for view in LayerView.__subclasses__()}
LAYER_VIEWS: dict[type[LayerKind], LayerView] = {kind: _FOUND[kind] for kind in LAYER_KINDS}
"""The view of every kind of layer."""
