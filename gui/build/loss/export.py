"""Write the loss plot to a file: a picture as it is shown, or all its numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPainter

from gui.build.loss.runs import RunRecord
from gui.svg_text import with_text_widths
from model.data.csv import plain_cells
from model.files import write_bytes

if TYPE_CHECKING:
    from gui.build.loss.loss_panel import LossHistory
    from gui.build.loss.loss_plot import LossPlot

__all__ = ["csv_text", "write_plot"]

_PNG_SCALE = 2


def write_plot(
    plot: LossPlot, history: LossHistory | None, runs: Sequence[RunRecord], path: Path
) -> None:
    """Write PNG (twice the size on screen), SVG or CSV, by the suffix of `path`.

    Raises
    ------
    ModelError
        Where the file cannot be written; an older file of that name is then kept as it was.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        data = csv_text(history, runs).encode()
    elif suffix == ".svg":
        data = _svg(plot)
    else:
        data = _png(plot)
    write_bytes(path, data)


def _png(plot: LossPlot) -> bytes:
    view = plot.plot
    image = QImage(view.size() * _PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_PNG_SCALE)
    image.fill(view.backgroundBrush().color())
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.render(painter, QRectF(view.rect()), view.viewport().rect())
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def _svg(plot: LossPlot) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    view = plot.plot
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(view.size())
    generator.setViewBox(QRect(0, 0, view.width(), view.height()))
    generator.setTitle("Loss")
    painter = QPainter(generator)
    painter.fillRect(view.viewport().rect(), view.backgroundBrush())
    view.render(painter, QRectF(view.viewport().rect()), view.viewport().rect())
    painter.end()
    buffer.close()
    return with_text_widths(bytes(data.data()))


def csv_text(history: LossHistory | None, runs: Sequence[RunRecord]) -> str:
    """Return every value of every visible run as CSV with a point as decimal sign."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("run", "epoch", "train_loss", "test_loss"))
    if history is not None:
        train = history.train_loss
        _write_rows(writer, "", history.epochs[: len(train)], train, history.test_loss)
    for run in runs:
        if run.visible:
            _write_rows(writer, run.name, run.epochs, run.train, run.test)
    return out.getvalue()


def _write_rows(
    writer: object, name: str, epochs: range, train: np.ndarray, test: np.ndarray | None
) -> None:
    length = min(len(epochs), len(train))
    tests = (
        [""] * length
        if test is None
        else ["" if v != v else repr(v) for v in test[:length].tolist()]
    )
    rows = zip(epochs[:length], train[:length].tolist(), tests, strict=True)
    writer.writerows(plain_cells((name, e, repr(a), b)) for e, a, b in rows)  # type: ignore[attr-defined]  # csv's writer has no public type
