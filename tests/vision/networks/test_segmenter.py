"""People are cut out of a picture, and what takes the background's place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vision.finders import mask_model
from tests.vision.onnx_models import network
from tests.vision.refused import refused
from vision.errors import Fault
from vision.formats.manifest import ModelManifest, write_manifest
from vision.heads.mask import mask_channels
from vision.models.opening import open_predictor, open_segmenter
from vision.networks.segmenter import Backdrop, CutOut, MaskResult, Segmenter, cut_out, veil_of
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture
from vision.pictures.preprocessing import Preprocessing, Rectangle
from vision.result import Timings


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return open_segmenter()


def test_the_bundled_network_cuts_a_person_out(segmenter: Segmenter, images: Path) -> None:
    picture = read_picture(images / "astronaut.png")
    result = segmenter.predict(picture)
    assert (result.top, result.subject) == ((), "person"), "a share is no class"
    assert result.share == pytest.approx(0.545, abs=0.01)
    assert result.share == pytest.approx(result.share_of_picture(0.5, (512, 512)), abs=0.005)
    alpha = cut_out(picture, result)[..., 3]
    # Her face, her suit; the flag at the left, the shuttle at the right.
    assert alpha[100, 220] == alpha[350, 150] == 255
    assert alpha[40, 20] == alpha[60, 400] == 0


def result_of(mask: np.ndarray, seen: Rectangle) -> MaskResult:
    return MaskResult((), Timings(), seen, mask.astype(np.float32))


PICTURE: Picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
WHOLE = Rectangle(0, 0, 60, 40)
LEFT = np.repeat(np.array([[1.0, 0.0]]), 40, axis=0).repeat(30, axis=1)


def test_a_mask_is_of_a_person_only_where_that_is_known(tmp_path: Path, images: Path) -> None:
    picture = read_picture(images / "astronaut.png")
    (tmp_path / "m.onnx").write_bytes(mask_model())
    assert subject(tmp_path / "m.onnx", picture) == "foreground"
    (tmp_path / "cats.txt").write_text("background\ncat\n")
    manifest = ModelManifest(
        key="m",
        name="M",
        file="m.onnx",
        task="mask",
        labels_file="cats.txt",
        preprocessing=Preprocessing((32, 32)),
    )
    write_manifest(tmp_path / "m.json", manifest)
    assert subject(tmp_path / "m.onnx", picture) == "cat"


def subject(model: Path, picture: Picture) -> str:
    result = open_predictor(model).predict(picture)
    assert isinstance(result, MaskResult)
    return result.subject


def test_numbers_of_classes_are_no_mask_but_two_of_them_are(tmp_path: Path) -> None:
    # The brighter a picture, the higher the number of its class.
    found = {}
    for most in (1, 5):
        path = tmp_path / f"{most}.onnx"
        path.write_bytes(
            network(
                f"""(float[1, 3, 32, 32] image) => (float[1, 1, 32, 32] classes)
                <float most = {{{most}}}> {{
                    grey = ReduceMean <axes = [1], keepdims = 1> (image)
                    levels = Mul (grey, most)
                    classes = Floor (levels)
                }}"""
            )
        )
        found[most] = open_predictor(path)
    white = np.full((32, 32, 3), 255, np.uint8)
    result = found[1].predict(white)
    assert isinstance(result, MaskResult)
    assert (result.mask == 1).all()
    with refused(Fault.OUTPUT_NOT_MASK, "holds numbers up to 5, which is no mask"):
        found[5].predict(white)


def test_what_is_cut_out_stays_to_the_last_bit() -> None:
    result = result_of(LEFT, WHOLE)
    for backdrop in Backdrop:
        cut = cut_out(PICTURE, result, CutOut(0.5, backdrop, (1, 2, 3)))
        assert np.array_equal(cut[:, :28, :3], PICTURE[:, :28])
        assert (cut[:, :28, 3] == 255).all()
        behind = cut[:, 32:]
        if backdrop is Backdrop.REMOVE:
            assert (behind[..., 3] == 0).all()
        elif backdrop is Backdrop.COLOUR:
            assert (behind == (1, 2, 3, 255)).all()
        else:
            # Out of focus: neighbours differ less than they did.
            assert np.diff(behind[..., 0].astype(int)).std() < 40
            assert np.diff(PICTURE[:, 32:, 0].astype(int)).std() > 80


def test_a_higher_threshold_cuts_out_less() -> None:
    slope = np.tile(np.linspace(0, 1, 60), (40, 1))
    shares = [
        cut_out(PICTURE, result_of(slope, WHOLE), CutOut(threshold))[..., 3].mean()
        for threshold in (0.2, 0.5, 0.8)
    ]
    assert shares == sorted(shares, reverse=True)
    left = result_of(slope, WHOLE).share_of_picture(0.8, (60, 40))
    assert left == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("threshold", [0.01, 0.05, 0.5, 0.95, 0.99])
def test_near_the_ends_nothing_is_half_seen(threshold: float) -> None:
    alpha = cut_out(PICTURE, result_of(LEFT, WHOLE), CutOut(threshold))[..., 3]
    assert (alpha[:, :28] == 255).all()
    assert (alpha[:, 32:] == 0).all()


def test_at_the_ends_all_that_was_seen_is_cut_out_or_only_what_is_surely_it() -> None:
    part = Rectangle(10, 0, 40, 40)
    slope = np.tile(np.linspace(0, 1, 40), (40, 1))
    slope[:, 30:] = 1
    alpha = cut_out(PICTURE, result_of(slope, part), CutOut(0.0))[..., 3]
    assert (alpha[:, 11:49] == 255).all()
    assert not alpha[:, :9].any()
    assert not alpha[:, 51:].any()
    alpha = cut_out(PICTURE, result_of(slope, part), CutOut(1.0))[..., 3]
    assert (alpha[:, 41:49] == 255).all()
    assert not alpha[:, :38].any()


def test_what_was_not_seen_belongs_to_the_background() -> None:
    result = result_of(LEFT, Rectangle(20, 10, 20, 20))
    assert result.share_of_picture(0.5, (60, 40)) == pytest.approx(200 / 2400, abs=0.01)
    assert result_of(LEFT, WHOLE).share_of_picture(0.5, (60, 40)) == pytest.approx(0.5, abs=0.01)
    alpha = cut_out(PICTURE, result, CutOut())[..., 3]
    assert (alpha[15:25, 22:28] == 255).all()
    assert not alpha[:8].any()
    assert not alpha[:, :18].any()


def test_the_veil_is_small_and_hides_what_is_not_cut_out() -> None:
    large = np.zeros((1200, 1800, 3), np.uint8)
    veil = veil_of(large, result_of(LEFT, Rectangle(0, 0, 1800, 1200)), CutOut())
    assert max(veil.shape[:2]) <= 512
    width = veil.shape[1]
    assert (veil[:, : width // 2 - 12, 3] == 0).all()
    assert (veil[:, width // 2 + 12 :, 3] == 255).all()


@pytest.mark.parametrize(
    ("shape", "channels"),
    [
        ((1, 1, 64, 64), 1),
        ((1, 2, 64, 64), 2),
        ((64, 64), 1),
        ((1, 64, 48, 1), 1),
        ((1, 48, 64, 2), 2),
        ((1, 21, 64, 64), 21),
        ((1, 1000), 0),
        ((1, 8, 4, 4), 0),
        ((2, 3, 64, 64), 0),
    ],
)
def test_planes_are_counted(shape: tuple[int, ...], channels: int) -> None:
    assert mask_channels(shape) == channels
