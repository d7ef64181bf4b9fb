"""Kinds of layers; each module in this folder defines one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from foundation.kinds import import_modules
from model.layers.dense import Dense
from model.layers.kind import LayerKind

import_modules(__name__, __path__)
LAYER_KINDS = tuple(LayerKind.__subclasses__())
"""Every kind of layer."""

DENSE = Dense()

if TYPE_CHECKING:
    AnyLayerKind = LayerKind
else:
    AnyLayerKind = Union[LAYER_KINDS]  # noqa: UP007 - made of what was found; files are read by it
