"""Dense layers in the window."""

from __future__ import annotations

from foundation.text import mark
from gui.build_tab.layers.view import LayerView
from model.layers.dense import Dense


class DenseView(LayerView):
    """Dense layers in the window."""

    kind = Dense
    source_name = mark("Dense")
