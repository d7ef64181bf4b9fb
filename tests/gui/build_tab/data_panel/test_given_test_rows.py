"""Rows of which the data say which are for testing: a head from Teach, arrays of a program."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QLabel, QSlider
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.samples import Samples
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data.arrays import dataset
from model.data.files.idx import write_idx
from model.defaults import default_experiment
from model.experiment import IdxData
from model.files import read_experiment, write_experiment
from model.initialisers import initialise
from tests.gui.finding import find

INPUTS, TRAIN, TEST = 1280, 85, 35
NAMES = ("Astronaut", "Cat", "Cup", "Noise")


def given(folder: Path) -> IdxData:
    """Write rows to learn from and rows to test with."""
    paths = list[str]()
    for part, rows in (("train", TRAIN), ("test", TEST)):
        inputs, answers = folder / f"{part}-features.idx", folder / f"{part}-classes.idx"
        write_idx(inputs, np.random.default_rng(rows).random((rows, INPUTS), np.float32))
        write_idx(answers, np.arange(rows, dtype=np.uint8) % len(NAMES))
        paths += [str(inputs), str(answers)]
    features, classes, test_features, test_classes = paths
    return IdxData(features, classes, test_features, test_classes, names=NAMES)


def test_their_number_and_names_are_shown_once_they_are_read(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    tab.window().resize(1440, 900)
    experiment = default_experiment(given(tmp_path))
    document.load(experiment, None)
    split = find(bench, QLabel, "split_figure")
    written = f"{TRAIN} train · {TEST} test"
    qtbot.waitUntil(lambda: re.sub("<[^>]*>", "", split.text()) == written, timeout=20_000)
    samples = bench.findChild(Samples)
    assert samples is not None
    facts = find(bench, QLabel, "data_facts")
    qtbot.waitUntil(facts.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: facts.y() > samples.counts.geometry().bottom(), timeout=5_000)
    assert facts.height() >= facts.heightForWidth(facts.width())


def test_arrays_of_a_program_are_shown_with_the_rows_it_kept_back(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    x = np.random.default_rng(0).normal(size=(50, 3))
    file = tmp_path / "own.glassnet"
    write_experiment(initialise(default_experiment(dataset(x, x[:, 0] > 0))), file)
    document.load(read_experiment(file), file)
    split = find(bench, QLabel, "split_figure")
    qtbot.waitUntil(lambda: re.sub("<[^>]*>", "", split.text()) == "40 train · 10 test")
    assert find(bench, QLabel, "data_summary").text() == "Arrays · 3 → 1"
    assert not find(bench, QSlider, "split").isEnabled()
