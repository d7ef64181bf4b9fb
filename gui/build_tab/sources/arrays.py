"""Rows from arrays of a Python program, in the window."""

from __future__ import annotations

from foundation.text import mark
from gui.build_tab.sources.view import SourceView
from model.experiment import ArraysData


class ArraysView(SourceView[ArraysData]):
    """Data from arrays of a Python program."""

    kind = ArraysData
    source_name = mark("Arrays")
