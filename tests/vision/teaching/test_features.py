"""Features are those of the bundled network, computed once for each picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.teaching.drawn import drawn_folder
from vision.classification import Classifier
from vision.errors import Fault
from vision.pictures.files import read_picture
from vision.teaching.collection import Picture, sha256_of
from vision.teaching.feature_cache import FeatureCache
from vision.teaching.features import (
    BATCH,
    NO_AUGMENTATION,
    Augmentation,
    Backbone,
    Features,
    augmented_copy,
    extract_features,
    thumbnail,
)
from vision.teaching.importing import import_files


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return Backbone()


@pytest.fixture
def pictures(tmp_path: Path) -> list[Picture]:
    folder = drawn_folder(tmp_path / "shapes", BATCH + 2, ("stars",)) / "stars"
    found = import_files(sorted(folder.iterdir()), lambda: False, lambda done: None)
    assert found is not None
    return list(found.pictures)


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "pictures.sqlite")


def extracted(
    pictures: list[Picture],
    backbone: Backbone,
    cache: FeatureCache | None = None,
    augmentation: Augmentation = NO_AUGMENTATION,
) -> Features:
    hashes = {picture.sha256 for picture in pictures}
    found = extract_features(
        pictures, backbone, lambda: False, lambda done, total: None, cache, augmentation, hashes
    )
    assert found is not None
    return found


def test_they_are_what_the_bundled_classifier_names_features(
    pictures: list[Picture], backbone: Backbone, bundled: Classifier
) -> None:
    found = extracted(pictures, backbone)
    assert list(found.rows) == [picture.sha256 for picture in pictures]
    for picture in (pictures[0], pictures[-1]):
        assert picture.path is not None
        blob = bundled.preprocessing.blob(read_picture(picture.path))
        [wanted] = bundled.engine.forward(blob)[backbone.manifest.features_output]
        assert found.rows[picture.sha256] == pytest.approx(wanted.ravel(), abs=1e-5)


def test_progress_is_told_and_nothing_is_computed_twice(
    pictures: list[Picture], backbone: Backbone, cache: FeatureCache
) -> None:
    told: list[tuple[int, int]] = []
    first = extract_features(
        pictures, backbone, lambda: False, lambda done, total: told.append((done, total)), cache
    )
    assert first is not None
    total = len(pictures)
    assert told == [(0, total), (BATCH, total), (total, total)]
    assert first.computed == total

    def no_network() -> Backbone:
        raise AssertionError("nothing is missing")

    again = extract_features(pictures, no_network, lambda: False, lambda done, total: None, cache)
    assert again is not None
    assert again.computed == 0
    assert all(np.array_equal(again.rows[key], row) for key, row in first.rows.items())


def test_it_can_be_stopped_and_goes_on_from_there(
    pictures: list[Picture], backbone: Backbone, cache: FeatureCache
) -> None:
    told: list[int] = []
    stopped = extract_features(
        pictures, backbone, lambda: max(told) > 0, lambda done, _: told.append(done), cache
    )
    assert stopped is None
    assert extracted(pictures, backbone, cache).computed == len(pictures) - told[-1]


def test_a_picture_that_is_gone_or_damaged_is_listed(
    pictures: list[Picture], backbone: Backbone, cache: FeatureCache
) -> None:
    gone, other = pictures[0], pictures[1]
    assert gone.path is not None
    assert other.path is not None
    gone.path.unlink()
    other.path.write_bytes(b"other")
    torn = replace(pictures[2], path=None, packed=b"\x89PNG", sha256="0" * 64)
    found = extracted([*pictures, torn], backbone, cache)
    assert {key: error.code for key, error in found.unreadable.items()} == {
        gone.sha256: Fault.FILE_MISSING,
        other.sha256: Fault.PICTURE_CHANGED,
        torn.sha256: Fault.PICTURE_CHANGED,
    }
    assert len(found.rows) == len(pictures) - 2


def test_changed_copies_are_kept_apart(
    pictures: list[Picture], backbone: Backbone, cache: FeatureCache
) -> None:
    all_on = Augmentation(flip=True, crop=True, brightness=True)
    assert all_on.kinds == ("flip", "crop", "brightness")
    some = pictures[:3]
    found = extracted(some, backbone, cache, all_on)
    assert found.computed == 12
    assert {copies.shape for copies in found.copies.values()} == {(3, 1280)}
    assert extracted(some, backbone, cache, Augmentation(flip=True)).computed == 0
    flipped = found.copies[some[0].sha256][0]
    assert some[0].path is not None
    mirrored = np.ascontiguousarray(read_picture(some[0].path)[:, ::-1])
    blob = backbone.preprocessing.blob(mirrored)
    assert flipped == pytest.approx(backbone.features(blob)[0], abs=1e-5)


def test_a_changed_copy_is_always_the_same() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    for kind in ("", "flip", "crop", "brightness"):
        first = augmented_copy(picture, "5a" * 32, kind)
        assert np.array_equal(first, augmented_copy(picture, "5a" * 32, kind))
    assert augmented_copy(picture, "00" * 32, "crop").shape == (34, 51, 3)
    assert augmented_copy(picture, "ff" * 32, "brightness").mean() > picture.mean()
    assert augmented_copy(picture, "00" * 32, "brightness").mean() < picture.mean()


def test_a_thumbnail_is_the_middle_and_is_kept(cache: FeatureCache) -> None:
    wide = np.zeros((50, 150, 3), np.uint8)
    wide[:, 50:100] = 200
    _, data = cv2.imencode(".png", wide)
    picture = Picture("", None, data.tobytes(), None, "wide")
    picture = replace(picture, sha256=sha256_of(data.tobytes()))
    small = thumbnail(picture, 32, cache)
    assert small.shape == (32, 32, 3)
    assert small.mean() == pytest.approx(200, abs=3)
    kept = thumbnail(replace(picture, packed=None, path=Path("gone.png")), 32, cache)
    assert kept.mean() == pytest.approx(200, abs=3)
