"""The X-ray shows the very tensor the network is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.classification import Classifier
from vision.look.xray import Mistake, compare, mistakes, tensor_picture, view_tensor
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Preprocessing


def test_with_right_settings_the_picture_comes_back(bundled: Classifier, images: Path) -> None:
    picture = read_picture(images / "coffee.png")
    settings = bundled.preprocessing
    shown, blob = view_tensor(picture, settings, settings), settings.blob(picture)
    assert shown.shape == blob.shape == (1, 3, 224, 224)
    assert (shown.minimum, shown.maximum) == (float(blob.min()), float(blob.max()))
    assert shown.mean == pytest.approx(float(blob.mean()))
    # The crop at f = 224 / 400, cut from the middle.
    small = cv2.resize(picture, None, fx=0.56, fy=0.56, interpolation=cv2.INTER_LINEAR)
    expected = small[:, 56:280]
    assert np.abs(shown.pixels[..., :3].astype(int) - expected).max() <= 1
    assert shown.names == ("R", "G", "B")
    for channel in shown.channels:
        assert channel.shape == (224, 224, 4)
        assert channel[..., :3].min() == 0
        assert channel[..., :3].max() == 255


def test_swapped_colours_show_as_swapped(bundled: Classifier, images: Path) -> None:
    picture = read_picture(images / "coffee.png")
    right = bundled.preprocessing
    wrong = view_tensor(picture, replace(right, swap_rb=False), right)
    as_it_is = view_tensor(picture, right, right)
    assert np.array_equal(wrong.pixels[..., :3], as_it_is.pixels[..., 2::-1])


@pytest.mark.parametrize("swap_rb", [False, True])
@pytest.mark.parametrize("std", [(1.0, 1.0, 1.0), (0.2, 0.3, 0.4)])
def test_tensor_picture_undoes_the_blob(swap_rb: bool, std: tuple[float, float, float]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    settings = Preprocessing((30, 20), (10, 20, 30), 1 / 255, std, swap_rb)
    assert np.array_equal(tensor_picture(settings.blob(picture), settings), picture)


def test_a_grey_tensor_has_one_channel() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (28, 28, 3), np.uint8)
    settings = Preprocessing((28, 28), channels=1)
    shown = view_tensor(picture, settings, settings)
    assert shown.names == ("grey",)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    assert np.array_equal(shown.pixels[..., :3], np.dstack([grey] * 3))


def test_a_flat_tensor_has_no_fault() -> None:
    settings = Preprocessing((4, 4))
    shown = view_tensor(np.full((5, 5, 3), 9, np.uint8), settings, settings)
    assert shown.minimum == shown.maximum == 9
    assert shown.channels[0][..., :3].max() == 0


def test_mistakes_change_what_the_model_says_and_leave_it_as_it_was(
    bundled: Classifier, images: Path
) -> None:
    picture = read_picture(images / "coffee.png")
    right = bundled.preprocessing
    good = compare(bundled, picture, right)
    assert good.best is not None
    assert good.best.label == "espresso"
    wrong = {
        kind: compare(bundled, picture, settings) for kind, settings in mistakes(right).items()
    }
    assert set(wrong) == set(Mistake)
    for kind, comparison in wrong.items():
        assert comparison.best is not None, kind
        assert comparison.best != good.best
    unscaled = wrong[Mistake.NO_SCALE].best
    assert unscaled is not None
    assert unscaled.label != "espresso"
    assert bundled.preprocessing is right


def test_a_size_the_model_cannot_take_is_told_not_raised(bundled: Classifier, images: Path) -> None:
    picture = read_picture(images / "coffee.png")
    comparison = compare(bundled, picture, replace(bundled.preprocessing, channels=1))
    assert comparison.best is None
    assert comparison.error is not None


def test_mistakes_that_change_nothing_are_left_out() -> None:
    plain = Preprocessing((10, 10))
    assert set(mistakes(plain)) == {Mistake.SWAPPED_COLOURS, Mistake.OTHER_FIT}
    assert set(mistakes(replace(plain, channels=1))) == {Mistake.OTHER_FIT}
