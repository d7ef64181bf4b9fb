"""Scripts and notebooks are run before they are written, and answer as the network does."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from markdown_it import MarkdownIt
from numpy.testing import assert_array_equal

from model.data import build_dataset
from model.defaults import default_experiment
from model.edits.features import with_features
from model.experiment import (
    LOSSES,
    Activation,
    Experiment,
    GateData,
    LayerSpec,
    Loss,
    NetworkSpec,
    PlaneData,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.export import (
    export_notebook,
    export_pytorch,
    notebook,
    numpy_script,
    pytorch_script,
)
from model.export.run_back import run_numpy
from model.initialisers import initialise
from model.training.learner import Learner
from tests.model.refusals import refused
from tests.model.test_export import DERIVED


def networks() -> list[Experiment]:
    """Return networks that need each part of a program: classes, scaled columns, derived inputs."""
    return [
        initialise(default_experiment(GateData(), seed=2)),
        initialise(default_experiment(TableData("iris", "standard"), seed=3)),
        initialise(with_features(*next(iter(DERIVED.values())))),
    ]


def code_of(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in made["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("number", range(3))
def test_a_notebook_shows_what_its_cells_print(number: int, language: str, tmp_path: Path) -> None:
    experiment = networks()[number]
    path = tmp_path / "network.ipynb"
    trip = export_notebook(experiment, path, language=language)
    assert trip.difference == 0.0
    made = json.loads(path.read_bytes())
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])
    names: dict[str, Any] = {}
    lines: list[str] = []
    names["print"] = lambda *words: lines.append(" ".join(map(str, words)))
    for cell in code_of(made):
        exec("".join(cell["source"]), names)
    (shown,) = code_of(made)[-1]["outputs"]
    assert "".join(shown["text"]).splitlines() == lines
    name, loss, *_ = lines[-1].split()
    assert name == "loss"
    assert float(loss) == pytest.approx(Learner(experiment).train.loss(), rel=1e-12)


def test_the_prose_of_a_notebook_is_in_its_language() -> None:
    experiment = msgspec.structs.replace(networks()[0], title="İlk ağım")
    prose = {}
    for language in ("en", "tr"):
        made, _ = notebook(experiment, language=language)
        prose[language] = [
            "".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "markdown"
        ]
        assert prose[language][0].startswith("# İlk ağım\n")
        assert "2 → 4 → 1" in prose[language][0]
        assert len(prose[language]) == len(code_of(made)) + 1
    assert not set(prose["en"]) & set(prose["tr"])


@pytest.mark.parametrize(
    "title",
    [
        "<img src='file:///etc/hostname'>",
        "<b>bold</b> &lt; &amp;",
        "![](picture.png) [link](https://example.org) www.example.org https://example.org",
        "*one*, _two_, `three`, ~~four~~, $x_1$ and \\(x\\) | five #",
        "a\n\n# b\n\n- c\r\n\u2028<hr>",
    ],
)
def test_a_title_is_text_in_a_notebook(title: str) -> None:
    made, _ = notebook(msgspec.structs.replace(networks()[0], title=title))
    reader = MarkdownIt("commonmark").enable(["strikethrough", "table"])
    opening, words, closing, *_ = reader.parse("".join(made["cells"][0]["source"]))
    assert (opening.type, opening.tag, closing.type) == ("heading_open", "h1", "heading_close")
    assert {part.type for part in words.children or ()} <= {"text", "text_special"}
    assert "".join(part.content for part in words.children or ()) == " ".join(title.split())
    assert not re.search(r"(?<!\\)\$|://|www\.", words.content), "a formula, or a bare address"


def test_a_program_of_another_network_is_told_by_its_answers() -> None:
    experiment, other = networks()[0], initialise(default_experiment(GateData(), seed=5))
    dataset = build_dataset(experiment)
    assert run_numpy([numpy_script(experiment)], experiment, dataset)[1] == (4, 0.0)
    assert run_numpy([numpy_script(other)], experiment, dataset)[1].difference > 0.01


def test_a_program_that_answers_in_another_shape_is_refused() -> None:
    experiment = networks()[0]
    wrong = [numpy_script(experiment), "def predict(x):\n    return np.zeros((len(x), 2))"]
    with refused("export.program"):
        run_numpy(wrong, experiment, build_dataset(experiment))


def test_both_scripts_answer_the_same_rows(tmp_path: Path) -> None:
    for experiment in networks():
        rows = []
        for text in (numpy_script(experiment), pytorch_script(experiment)):
            (found,) = (
                node.value
                for node in ast.parse(text).body
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "X"
            )
            rows.append(np.array(ast.literal_eval(found)))
        assert_array_equal(rows[0], rows[1])


def test_where_pytorch_is_missing_its_script_is_written_and_said_to_be_untried(
    tmp_path: Path,
) -> None:
    trip = export_pytorch(networks()[0], tmp_path / "network.py")
    assert (tmp_path / "network.py").read_text("utf-8") == pytorch_script(networks()[0])
    assert (trip is None) == (find_spec("torch") is None)


FREE = TruthTableData(
    ("p", "q"),
    ("r", "s"),
    ((0, 0), (0, 1), (1, 0), (1, 1)),
    ((0, None), (1, 1), (None, 1), (1, 0)),
)


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
@pytest.mark.parametrize("loss", [name for name in LOSSES if name != "categorical_cross_entropy"])
def test_the_loss_leaves_out_answers_that_are_free(loss: Loss, output: Activation) -> None:
    network = NetworkSpec(2, (LayerSpec(2, output),))
    made = initialise(Experiment(data=FREE, network=network, training=TrainingSpec(loss=loss)))
    (text,), _ = run_numpy([numpy_script(made)], made, build_dataset(made))
    name, printed, *_ = text.splitlines()[-1].split()
    assert name == "loss"
    assert float(printed) == pytest.approx(Learner(made).train.loss(), rel=1e-12)


@pytest.mark.parametrize("program", [numpy_script, pytorch_script])
def test_a_program_tells_of_a_loss_only_where_it_has_one(
    program: Callable[[Experiment], str],
) -> None:
    large = default_experiment(PlaneData("moons", points=100_000))
    for experiment, has_loss in ((networks()[0], True), (large, False)):
        text = program(experiment)
        assert ("def loss()" in text) is has_loss
        assert ("and then the loss" in text) is has_loss
