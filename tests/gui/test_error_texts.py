"""Errors become sentences in the language in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from foundation.text import ENGLISH, Text, use
from gui.error_texts import path_of, sentence_of, translated, whole_sentence_of
from gui.error_texts import sentence_of as vision_sentence_of
from gui.settings import choose_language
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import LayerSpec, NetworkSpec
from model.experiment.checks import check_experiment
from tests.gui.texts import entries
from vision.errors import Fault, VisionError
from vision.models.preflight import preflight
from vision.networks.findings import ModelRefusedError
from vision.reasons import Reason


class Marked(NullTranslations):
    """Marks every sentence that has a translation."""

    def gettext(self, message: str) -> str:
        return f"<{message}>" if ("", message) in entries() else message


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    use(ENGLISH)


def test_a_translated_sentence_is_filled_with_the_values(qtbot: QtBot) -> None:
    error = ModelError("x", "A pattern needs 2 to {most} points, not {points}.", most=3, points=4)
    assert sentence_of(error) == "A pattern needs 2 to 3 points, not 4."
    use(Marked())
    assert sentence_of(error) == "<A pattern needs 2 to 3 points, not 4.>"


def test_a_key_is_called_as_in_the_bar(qtbot: QtBot) -> None:
    step = replace(default_experiment(), network=NetworkSpec(2, (LayerSpec(1, "step"),)))
    with pytest.raises(ModelError) as refused:
        check_experiment(step)
    assert "so SGD cannot train it" in sentence_of(refused.value)


def test_the_reason_is_translated_with_its_sentence_and_filled(qtbot: QtBot) -> None:
    error = VisionError(
        Fault.SOURCE_UNAVAILABLE, file="x", reason=Reason.SERVER_ANSWERS, answer="404 Not Found"
    )
    assert "(the server answers 404 Not Found)" in sentence_of(error) == error.sentence()
    use(Marked())
    assert "(<the server answers 404 Not Found>)" in sentence_of(error)
    assert {("", str(reason)) for reason in Reason} <= set(entries())


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (FileNotFoundError(2, "No such file", "mine.csv"), "mine.csv"),
        (PermissionError(13, "Permission denied", "/locked/x"), "permission is denied"),
        (ZeroDivisionError("1/0"), "ZeroDivisionError"),
    ],
)
def test_other_errors_are_named(error: Exception, part: str) -> None:
    assert part in sentence_of(error)


@pytest.mark.parametrize(
    "make",
    [
        lambda file: VisionError(Fault.PICTURE_EMPTY, file=file),
        lambda file: ModelError("x", "{file} cannot be read.", file=file),
        lambda file: PermissionError(13, "Permission denied", file),
        lambda file: FileNotFoundError(2, "No such file", file),
    ],
)
def test_a_file_is_named_without_its_folders(
    make: Callable[[str], Exception], tmp_path: Path
) -> None:
    error = make(str(tmp_path / "cat.png"))
    assert sentence_of(error).startswith("cat.png")
    # The command line, which was given the path, repeats it.
    assert whole_sentence_of(error).startswith(path_of(error))
    assert path_of(error) == str(tmp_path / "cat.png")
    # An address is named whole: its end says nothing of whose it is.
    assert "http://a.example/cat.png" in sentence_of(make("http://a.example/cat.png"))
    assert path_of(make("http://a.example/cat.png")) == ""


def test_a_number_is_written_as_the_language_in_use_writes_it(
    qtbot: QtBot, qapp: QApplication
) -> None:
    error = VisionError(Fault.SOURCE_STALLED, file="door", seconds=2.5)
    assert "no new picture for 2.5 s" in sentence_of(error)
    choose_language(qapp, "tr")
    assert "2,5 sn" in sentence_of(error)
    choose_language(qapp, "en")
    whole = VisionError(Fault.SOURCE_STALLED, file="door", seconds=3.0)
    assert "no new picture for 3 s" in sentence_of(whole)


@pytest.fixture
def turned() -> None:
    use(Marked())


def test_reasons_of_a_model_are_told_in_the_language_in_use(
    qtbot: QtBot, tmp_path: Path, turned: None
) -> None:
    prototxt = tmp_path / "net.prototxt"
    prototxt.write_text("layer {\n  name: [\n", encoding="utf-8")
    (tmp_path / "net.caffemodel").write_bytes(b"")
    model = tmp_path / "net.onnx"
    model.write_bytes(b"\x3a\x00")
    said = []
    for found in (
        preflight(tmp_path / "net.caffemodel", prototxt),
        preflight(model),
    ):
        error = ModelRefusedError(found.failures)
        said.append(vision_sentence_of(error))
    assert "(<its graph is empty>)" in said[1] or "(<there is no graph in it>)" in said[1]
    assert said[0].startswith("<") or ": <" in said[0]


def test_words_of_nobody_known_are_told_as_they_are(qtbot: QtBot, turned: None) -> None:
    assert translated(Text("it takes {shape}", shape="1 x 3")) == "<it takes 1 x 3>"
    assert translated("layer 3 failed") == "layer 3 failed"
