"""The tensor is what `blobFromImage` makes, and the region is what it was made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.vision.mutation_worker import own_peak_mb
from tests.vision.picture_files import sample
from tests.vision.refused import refused
from vision.errors import Fault
from vision.pictures.preprocessing import Preprocessing, settings_changed


def noise(height: int, width: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("swap_rb", [False, True])
def test_the_blob_is_opencvs_own(swap_rb: bool, crop: bool) -> None:
    picture = noise(90, 161)
    ours = Preprocessing((64, 48), (104, 117, 123), 0.5, swap_rb=swap_rb, crop=crop).blob(picture)
    theirs = cv2.dnn.blobFromImage(picture, 0.5, (64, 48), (104, 117, 123), swap_rb, crop)
    assert ours.shape == (1, 3, 48, 64)
    assert ours.dtype == np.float32
    assert np.array_equal(ours, theirs)


def test_the_blob_is_the_equation_in_the_docstring() -> None:
    picture = noise(48, 64)
    settings_ = Preprocessing((64, 48), (10, 20, 30), 1 / 255, (0.2, 0.3, 0.4), swap_rb=True)
    expected = (picture[:, :, ::-1].astype(np.float64) - (10, 20, 30)) / 255 / (0.2, 0.3, 0.4)
    assert settings_.blob(picture)[0] == pytest.approx(expected.transpose(2, 0, 1), abs=1e-5)


def test_one_channel_is_grey() -> None:
    blob = Preprocessing((48, 32), channels=1).blob(sample())
    assert blob.shape == (1, 1, 32, 48)
    assert np.array_equal(blob[0, 0], cv2.cvtColor(sample(), cv2.COLOR_BGR2GRAY))


@given(st.integers(30, 250), st.integers(30, 250), st.integers(8, 64), st.integers(8, 64))
@example(76, 190, 11, 8)  # 190 * 11 / 76 is a half, but in single precision below it
def test_the_region_is_where_the_edges_of_the_blob_come_from(
    width: int, height: int, blob_w: int, blob_h: int
) -> None:
    # Each pixel holds its own column and row, so the blob tells where it looked.
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.arange(width)[None, :]
    picture[:, :, 1] = np.arange(height)[:, None]
    settings_ = Preprocessing((blob_w, blob_h), crop=True)
    columns, rows = settings_.blob(picture)[0, :2]
    seen = settings_.region((width, height))
    assert seen.left_px >= 0
    assert seen.top_px >= 0
    assert seen.left_px + seen.width_px <= width + 1
    assert seen.top_px + seen.height_px <= height + 1
    step_x, step_y = seen.width_px / blob_w, seen.height_px / blob_h
    middle_x = np.clip(seen.left_px + (np.arange(blob_w) + 0.5) * step_x - 0.5, 0, width - 1)
    middle_y = np.clip(seen.top_px + (np.arange(blob_h) + 0.5) * step_y - 0.5, 0, height - 1)
    assert columns[0] == pytest.approx(middle_x, abs=0.75)
    assert rows[:, 0] == pytest.approx(middle_y, abs=0.75)


@pytest.mark.parametrize("is_wide", [True, False])
@pytest.mark.parametrize("length", [999, 1000, 1001, 30_000])
def test_of_a_very_long_picture_the_same_middle_is_seen(length: int, is_wide: bool) -> None:
    places = np.clip(np.arange(length) - length // 2 + 127, 0, 255).astype(np.uint8)
    picture = np.repeat(places[None, :, None], 3, axis=2).repeat(2, axis=0)
    settings_ = Preprocessing((24, 32), crop=True)
    wh = (length, 2)
    if not is_wide:
        picture, wh = np.ascontiguousarray(picture.transpose(1, 0, 2)), (2, length)
    blob, seen = settings_.blob(picture)[0, 0], settings_.region(wh)
    along, start, size = (
        (blob[0], seen.left_px, seen.width_px)
        if is_wide
        else (blob[:, 0], seen.top_px, seen.height_px)
    )
    middles = start + (np.arange(len(along)) + 0.5) * size / len(along) - 0.5
    assert along == pytest.approx(middles - length // 2 + 127, abs=0.75)
    assert start + size / 2 == pytest.approx(length / 2, abs=1.0)


def test_a_picture_like_a_thread_needs_little_memory() -> None:
    # OpenCV alone would enlarge it to 6,720,000 x 224 pixels first.
    before = own_peak_mb()
    blob = Preprocessing((224, 224), crop=True).blob(np.full((1, 30_000, 3), 90, np.uint8))
    assert np.array_equal(blob, np.full((1, 3, 224, 224), 90, np.float32))
    assert own_peak_mb() - before < 100


def test_without_crop_the_whole_picture_is_seen() -> None:
    assert Preprocessing((10, 10)).region((30, 20)) == (0, 0, 30, 20)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size_wh", (0, 10)),
        ("size_wh", (10, 5000)),
        ("mean", (0.0, float("nan"), 0.0)),
        ("scale", 0.0),
        ("scale", float("inf")),
        ("scale", 1e-320),
        ("scale", -1e40),
        ("mean", (0.0, 1e300, 0.0)),
        ("std", (1.0, 1.0, 1e-50)),
        ("std", (1.0, 0.0, 1.0)),
        ("channels", 4),
    ],
)
def test_settings_that_make_no_tensor_are_refused_by_name(field: str, value: object) -> None:
    with refused(Fault.PREPROCESSING_INVALID, field=field):
        Preprocessing(**{field: value})  # type: ignore[arg-type]  # a wrong value is the point


def test_settings_that_differ_are_named() -> None:
    own = Preprocessing((224, 224), mean=(104.0, 117.0, 123.0))
    assert settings_changed(own, own) == frozenset()
    used = replace(own, swap_rb=True, mean=(0.0, 0.0, 0.0))
    assert settings_changed(own, used) == {"swap_rb", "mean"}


@pytest.mark.parametrize(
    ("no_picture", "error"),
    [
        ("coffee.png", TypeError),
        (noise(4, 4) / 255.0, TypeError),
        (noise(4, 4).astype(np.uint16), TypeError),
        (noise(4, 4)[:, :, 0], ValueError),
        (np.dstack([noise(4, 4)] * 2)[:, :, :4], ValueError),
        (noise(4, 4)[None], ValueError),
        (noise(4, 4)[:0], ValueError),
    ],
)
def test_what_is_no_picture_is_refused(no_picture: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="a picture"):
        Preprocessing((8, 8)).blob(no_picture)
