"""Every fault has a sentence that names the file, the fault and the remedy."""

from __future__ import annotations

import pickle
import string

import pytest

from vision.errors import Fault, VisionError

OF_NO_FILE = {
    Fault.PREPROCESSING_INVALID,
    Fault.CLASS_NAME_EMPTY,
    Fault.CLASS_NAME_TAKEN,
    Fault.TEACH_FEW_CLASSES,
    Fault.TEACH_FEW_TAKE_PART,
    Fault.TEACH_SMALL_CLASS,
    Fault.TEACH_SAME_PICTURES,
    Fault.TEACH_NO_ROWS,
    Fault.TEACH_TOO_MANY_CLASSES,
    Fault.TEACH_TOO_MANY_PICTURES,
    Fault.TEACH_TOO_LARGE,
}


@pytest.mark.parametrize("code", list(Fault))
def test_every_fault_has_a_sentence_with_a_remedy(code: Fault) -> None:
    template = VisionError(code).template
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    assert "file" in names or code in OF_NO_FILE
    error = VisionError(code, **dict.fromkeys(names, "?"))
    assert "\n" not in error.sentence()
    assert error.sentence().count(". ") + error.sentence().count("; ") >= 1
    assert str(error) == error.sentence()


def test_names_from_damaged_files_stay_on_one_line() -> None:
    error = VisionError(Fault.MODEL_UNSUPPORTED, file="a.onnx", reason="it lacks A\n\x00\x1b[31mB")
    assert error.sentence().startswith("a.onnx: the model was read")
    assert "(it lacks A [31mB)" in error.sentence()


def test_an_error_travels_between_processes() -> None:
    error = VisionError(Fault.LABELS_MISMATCH, file="a.txt", labels=3, outputs=4)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.values) == (error.code, error.values)
    assert copy.sentence().startswith("a.txt: the file has 3 labels")
