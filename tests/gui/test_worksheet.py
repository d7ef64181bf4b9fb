"""Blocks on paper: pages, tables over several of them, pictures that fit, fields to write in."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import style_application
from gui.worksheet import (
    Block,
    Picture,
    heading,
    paint_worksheet,
    prose,
    table,
    worksheet_pdf,
    writing_line,
)

PAGE = QRectF(0.0, 0.0, 680.0, 1000.0)


def texts_by_page(blocks: Sequence[Block]) -> list[list[str]]:
    """Return what is written on each page, in the order of painting."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    painter = QPainter(generator)
    turned: list[int] = []

    def turn() -> None:
        turned.append(0)
        painter.drawText(0, 0, "turned")

    pages = paint_worksheet(blocks, painter, PAGE, turn)
    painter.end()
    assert pages == len(turned) + 1
    found: list[list[str]] = [[]]
    for node in ET.fromstring(bytes(data.data())).iter():
        if node.tag.endswith("}text"):
            text = "".join(node.itertext()).strip()
            if text == "turned":
                found.append([])
            else:
                found[-1].append(text)
    return found


def test_all_that_is_written_stands_there_in_order(qtbot: QtBot) -> None:
    (page,) = texts_by_page(
        [
            heading("OR by one unit", 1),
            writing_line("Name", "Date"),
            prose("One *sigmoid* <b> unit.\n\nTwo inputs."),
            table(("x", "y"), (("0", ""), ("1", "1"))),
            writing_line("What I see:"),
        ]
    )
    assert "".join("".join(page).split()) == (
        "ORbyoneunitNameDateOne*sigmoid*<b>unit.Twoinputs.xy011WhatIsee:Glassnet1"
    )


def test_a_long_table_goes_on_under_its_head(qtbot: QtBot) -> None:
    rows = tuple((str(row), "") for row in range(90))
    pages = texts_by_page([heading("Rows"), table(("row", "answer"), rows)])
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert page[-2:] == ["Glassnet", str(number)]
        assert page.count("row") == page.count("answer") == 1
    written = [text for page in pages for text in page[:-2] if text.isdigit()]
    assert written == [str(row) for row in range(90)]


@pytest.mark.parametrize("lines", range(20, 34))
def test_a_small_table_is_not_parted(qtbot: QtBot, lines: int) -> None:
    rows = tuple((f"row{row}", "") for row in range(6))
    pages = texts_by_page([*[writing_line("")] * lines, heading("Rows"), table(("x", "y"), rows)])
    home = pages[-1]
    assert [text for text in home if text in ("Rows", "x") or text.startswith("row")] == [
        "Rows",
        "x",
        *(f"row{row}" for row in range(6)),
    ]


def test_numbers_are_whole_where_names_take_several_lines(qtbot: QtBot) -> None:
    names = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    answers = ("setosa: target", "answer", "versicolor: target", "answer", "virginica: target")
    rows = (("4.9", "3", "1.4", "0.2", "1", "1.000", "0", "−0.000", "0", "0.000"),) * 3
    (page,) = texts_by_page([table((*names, *answers, "answer"), rows)])
    assert not any("…" in text for text in page)
    assert page.count("1.000") == 3
    assert any("versicolor:" in text for text in page)


@pytest.mark.parametrize(
    ("lines", "height"), [*((lines, 200.0) for lines in range(24, 34)), (2, 3000.0)]
)
def test_a_heading_stays_with_its_picture(qtbot: QtBot, lines: int, height: float) -> None:
    picture = Picture(QSizeF(300.0, height), lambda painter: painter.drawText(0, 20, "drawn"))
    pages = texts_by_page([*[writing_line("")] * lines, heading("Loss"), picture])
    assert [text for text in pages[-1] if text in ("Loss", "drawn")] == ["Loss", "drawn"]


def test_a_paragraph_higher_than_a_page_goes_on_on_the_next(qtbot: QtBot) -> None:
    pages = texts_by_page([prose(" ".join(["word"] * 6000))])
    assert len(pages) >= 2
    assert sum(" ".join(page).count("word") for page in pages) >= 6000


@pytest.mark.parametrize("size", [QSizeF(3000.0, 200.0), QSizeF(200.0, 3000.0)])
def test_a_picture_is_made_as_small_as_the_page(qtbot: QtBot, size: QSizeF) -> None:
    image = QImage(680, 1000, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    corners: list[QPointF] = []

    def draw(painter: QPainter) -> None:
        whole = painter.transform().mapRect(QRectF(QPointF(), size))
        corners.extend((whole.topLeft(), whole.bottomRight()))

    painter = QPainter(image)
    assert paint_worksheet([Picture(size, draw)], painter, PAGE, lambda: None) == 1
    painter.end()
    assert all(PAGE.contains(corner) for corner in corners)
    shown = QRectF(*corners)
    assert shown.width() == pytest.approx(680.0) or shown.height() > 850.0


def test_it_is_the_same_on_paper_in_both_themes(qapp: QApplication, qtbot: QtBot) -> None:
    blocks: list[Block] = [heading("Sheet", 1), prose("Dark on white."), table(("a",), (("1",),))]
    seen = []
    for theme in ("dark", "light"):
        style_application(qapp, "en", theme)
        pdf = worksheet_pdf(blocks, "Sheet")
        assert pdf.startswith(b"%PDF-")
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
        seen.append([_unpacked(stream) for stream in streams])
    assert seen[0] == seen[1]
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


@pytest.mark.parametrize("block", [heading, prose, lambda text: table(("", ""), ((text, ""),))])
def test_what_is_written_can_be_copied_out_of_the_pdf(
    qapp: QApplication, qtbot: QtBot, block: Callable[[str], Block]
) -> None:
    style_application(qapp, "en", "light")
    text = "Data: 0123456789; 2-2-1, 3×4 (−2.206) %98"
    pdf = worksheet_pdf([block(text)], "Sheet")
    known: set[int] = set()
    for first, last, told in re.findall(rb"<(\w{4})> <(\w{4})> (<\w{4}>|\[[^]]*\])", pdf):
        codes = [int(code, 16) for code in re.findall(rb"\w{4}", told)]
        more = 0 if told.startswith(b"[") else int(last, 16) - int(first, 16)
        known.update(codes, range(codes[0], codes[0] + more + 1))
    lost = [sign for sign in text if sign != " " and ord(sign) not in known]
    assert not lost


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""  # what says when it was made
