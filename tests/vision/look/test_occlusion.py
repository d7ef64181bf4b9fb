"""Hiding the part that matters lowers the probability there, and nowhere else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.vision.onnx_models import network
from vision.classification import Classifier
from vision.engine import Engine
from vision.formats.labels import Labels
from vision.formats.reader import parse_model
from vision.look.occlusion import DARKEST, OcclusionMap, occlusion_map, veil_of
from vision.pictures.preprocessing import Preprocessing


def corner_model(batch: int | str) -> Classifier:
    """Return a model that looks only at the brightness of the top left 4 x 4 of 28 x 28."""
    weights = np.zeros((3, 28, 28, 2), np.float32)
    weights[:, :4, :4, 1] = 0.1
    data = network(
        f"(float[{batch}, 3, 28, 28] x) => (float[{batch}, 2] z)"
        "{ flat = Flatten (x) z = Gemm (flat, W) }",
        W=weights.reshape(-1, 2),
    )
    settings = Preprocessing((28, 28), scale=1 / 255)
    return Classifier(Engine(parse_model(data)), settings, Labels(("no", "yes")))


def corner_picture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = np.zeros((28, 28, 3), np.uint8)
    picture[:4, :4] = 255
    return picture


@pytest.mark.parametrize("batch", ["N", 1])
def test_the_map_shows_where_a_model_looks(batch: int | str) -> None:
    result = occlusion_map(corner_model(batch), corner_picture())
    assert result.finished
    assert result.drops.shape == (14, 14)
    assert result.class_index == 1
    # Cells of 2 pixels, enlarged by one: only the first three rows and columns reach the corner.
    assert np.all(result.drops[:2, :2] > 0.01)
    assert np.abs(result.drops[3:]).max() < 1e-6
    assert np.abs(result.drops[:, 3:]).max() < 1e-6
    strongest = result.strongest()
    assert strongest is not None
    # The first two cells both hide nine of the sixteen pixels.
    assert strongest[:2] in [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert strongest.drop == result.drops.max()


def test_each_cell_is_the_difference_of_two_probabilities() -> None:
    classifier, picture = corner_model("N"), corner_picture()
    result = occlusion_map(classifier, picture, class_index=0)
    blob = classifier.preprocessing.blob(picture)
    mean = blob[0].mean(axis=(1, 2))[:, None, None]
    hidden = blob.copy()
    hidden[0, :, 1:5, 1:5] = mean
    expected = classifier.probabilities(blob)[0, 0] - classifier.probabilities(hidden)[0, 0]
    assert result.drops[1, 1] == pytest.approx(expected, abs=1e-6)


def test_the_map_grows_batch_by_batch_and_can_be_stopped() -> None:
    maps: list[OcclusionMap] = []
    stopped = occlusion_map(
        corner_model("N"), corner_picture(), lambda: len(maps) == 5, maps.append
    )
    assert [one.done for one in maps] == [4, 8, 12, 16, 20]
    assert stopped.done == 20
    assert not stopped.finished
    assert np.isnan(stopped.drops).sum() == 196 - 20
    assert np.isnan(maps[0].drops).sum() == 192
    last = maps[-1].strongest()
    assert last is not None
    assert last.drop > 0


def found(drops: npt.NDArray[np.float32], whole: float = 0.8) -> OcclusionMap:
    """Return a map with these drops, as far as they are known."""
    return OcclusionMap(drops, 0, whole, int((~np.isnan(drops)).sum()), drops.size)


def test_the_veil_is_thin_where_hiding_costs_most() -> None:
    drops = np.zeros((14, 14), np.float32)
    drops[3, 10] = 0.4
    veil = veil_of(found(drops))
    assert veil.shape == (56, 56, 4)
    assert not veil[..., :3].any()
    alphas = veil[..., 3]
    row, column = np.unravel_index(int(alphas.argmin()), alphas.shape)
    assert (int(row) // 4, int(column) // 4) == (3, 10)
    assert alphas.max() == pytest.approx(DARKEST, abs=1)


def test_a_part_keeps_its_shade_while_others_come_in() -> None:
    maps: list[OcclusionMap] = []
    whole = occlusion_map(corner_model(1), corner_picture(), publish=maps.append)
    growing = maps[:-1]
    assert whole.base_probability > 0.9
    assert growing[-1].scale_maximum == growing[0].scale_maximum == whole.base_probability
    last = veil_of(growing[-1])[..., 3]
    for one in growing:
        is_known = ~np.isnan(one.drops)
        assert (veil_of(one)[..., 3][is_known] == last[is_known]).all()
    # It is fitted once, when the greatest drop is known.
    strongest = whole.strongest()
    assert strongest is not None
    assert whole.scale_maximum == strongest.drop < whole.base_probability


def test_unknown_parts_are_half_veiled() -> None:
    drops = np.full((14, 14), np.nan, np.float32)
    drops[0, 0] = 0.2
    alphas = veil_of(found(drops, whole=0.2))[..., 3]
    assert alphas[0, 0] == 0
    assert 100 < alphas[13, 13] < 150
