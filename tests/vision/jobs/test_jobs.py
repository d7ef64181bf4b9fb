"""Jobs of one session: pictures, folders, streams, maps and models, all with one network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vision.onnx_models import linear_classifier, unsure_of_grey
from tests.vision.refused import refused
from vision.errors import Fault, VisionError
from vision.formats.manifest import ModelManifest, write_manifest
from vision.jobs.picture_jobs import (
    ExplainJob,
    FolderJob,
    LookJob,
    ModelJob,
    OcclusionView,
    PictureItem,
    PicturesJob,
    ReprocessJob,
)
from vision.jobs.queue import JobQueue, run_job_with_retries
from vision.jobs.session import PictureResult, Session
from vision.jobs.stream_job import StreamJob, StreamView
from vision.models.choice import ModelChoice
from vision.networks.findings import Check, ModelRefusedError
from vision.pictures.files import read_picture
from vision.pictures.pixels import DisplaySize
from vision.pictures.preprocessing import Preprocessing
from vision.sources.video_source import VideoSource

BUNDLED = ModelChoice("bundled", "Bundled")


def never() -> bool:
    return False


def ignore(_value: object) -> None:
    pass


@pytest.fixture
def session() -> Session:
    """Return a session whose model is loaded by the first job."""
    return Session(BUNDLED)


@pytest.fixture
def coffee(images: Path) -> Path:
    return images / "coffee.png"


def classified(session: Session, path: Path) -> PictureResult:
    """Return what the session's model says of a file."""
    job = PicturesJob([PictureItem(path.name, path=path)])
    job.run(session, never, ignore)
    outcome = job.outcomes[0]
    assert isinstance(outcome, PictureResult)
    return outcome


@pytest.mark.parametrize("softmax_said", [False, None])
def test_a_later_picture_may_show_that_scores_were_logits(
    coffee: Path, tmp_path: Path, softmax_said: bool | None
) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(unsure_of_grey())
    if softmax_said is not None:
        settings = Preprocessing((8, 8))
        write_manifest(
            tmp_path / "m.json",
            ModelManifest(
                key="m",
                name="M",
                file="m.onnx",
                preprocessing=settings,
                softmax_needed=softmax_said,
            ),
        )
    session = Session(ModelChoice("own", "M", model))
    first = session.report()
    assert first.softmax_needed is False
    assert Check.SOFTMAX_INSIDE in [one.check for one in first.findings]
    shown = classified(session, coffee)
    expected = Check.SOFTMAX_APPLIED if softmax_said is None else Check.SOFTMAX_MISSING
    assert shown.model.softmax_needed is True
    checks = [one.check for one in shown.model.findings]
    assert expected in checks
    assert Check.SOFTMAX_INSIDE not in checks
    assert len(checks) == len(first.findings)


def test_a_picture_comes_with_all_that_is_shown_of_it(session: Session, coffee: Path) -> None:
    shown = classified(session, coffee)
    assert (shown.name, shown.path, shown.is_new) == ("coffee.png", coffee, True)
    assert shown.result.best.label == "espresso"
    picture = read_picture(coffee)
    assert shown.pixels is not None
    assert np.array_equal(shown.pixels[..., :3], picture)
    assert shown.tensor is not None
    assert shown.tensor.shape == shown.preprocessing.blob(picture).shape
    assert shown.result.timings.draw_ms > 0


def test_a_bad_picture_is_noted_and_the_next_one_taken(
    session: Session, coffee: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    job = PicturesJob([PictureItem(path.name, path=path) for path in (bad, coffee)])
    job.run(session, never, ignore)
    failure, shown = job.outcomes
    assert isinstance(failure, VisionError)
    assert failure.code is Fault.PICTURE_NOT_A_PICTURE
    assert isinstance(shown, PictureResult)


def test_a_model_that_cannot_be_used_leaves_the_one_in_memory(
    session: Session, coffee: Path, tmp_path: Path
) -> None:
    before = classified(session, coffee)
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model")
    with pytest.raises((VisionError, ModelRefusedError)):
        ModelJob(ModelChoice("own", "bad", bad)).run(session, never, ignore)
    assert session.choice == BUNDLED
    assert classified(session, coffee).result.best == before.result.best


def test_settings_reach_only_the_model_they_were_made_for(
    session: Session, coffee: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.onnx"
    own.write_bytes(linear_classifier(classes=4)[0])
    small = ModelChoice("own", "own", own)
    session.settings = (small, Preprocessing((8, 8), scale=0.5))
    assert classified(session, coffee).preprocessing.scale != 0.5
    report = ModelJob(small).run(session, never, ignore)
    assert report.classes == 4  # type: ignore[attr-defined]  # a report
    assert classified(session, coffee).preprocessing.scale == 0.5


def test_a_folder_is_watched_now_and_then_and_a_row_can_be_looked_at(
    session: Session, coffee: Path, tmp_path: Path
) -> None:
    for index in range(3):
        (tmp_path / f"{index}.png").write_bytes(coffee.read_bytes())
    job = FolderJob(tmp_path)
    job.run(session, never, ignore)
    assert [item.path.name for item in job.items] == ["0.png", "1.png", "2.png"]
    assert job.looks[-1].name == "2.png"
    seen = LookJob(job.items[1]).run(session, never, ignore)
    assert isinstance(seen, PictureResult)
    assert (seen.name, seen.is_new) == ("1.png", False)
    (tmp_path / "1.png").unlink()
    with refused(Fault.FILE_MISSING):
        LookJob(job.items[1]).run(session, never, ignore)


def test_an_address_in_place_of_a_file_is_named_as_one() -> None:
    address = "https://example.org/coffee.png"
    with refused(Fault.FILE_ELSEWHERE, file=address):
        read_picture(Path(address))


def test_a_map_grows_and_is_nothing_when_it_was_stopped_or_the_model_changed(
    session: Session, coffee: Path, tmp_path: Path
) -> None:
    shown = classified(session, coffee)
    parts: list[object] = []
    job = ExplainJob(shown)
    assert run_job_with_retries(job, session, lambda: len(parts) > 1, parts.append) is None
    assert isinstance(parts[0], OcclusionView)
    assert parts[0].shown is shown
    assert parts[0].patch_px == 2 * parts[0].step_px == 32
    own = tmp_path / "own.onnx"
    own.write_bytes(linear_classifier(classes=4)[0])
    ModelJob(ModelChoice("own", "own", own)).run(session, never, ignore)
    assert job.run(session, never, ignore) is None


def test_frames_of_a_stream_come_at_the_size_they_are_shown_at(
    session: Session, video: Path
) -> None:
    session.display = DisplaySize((32.0, 32.0))
    views: list[StreamView] = []

    def publish(value: object) -> None:
        assert isinstance(value, StreamView)
        views.append(value)

    job = StreamJob(VideoSource(video), session)
    job.run(session, lambda: any(v.update and v.update.result for v in views), publish)
    frame, update = job.changed_parts(views[-1])
    assert frame is not None
    assert frame.pixels.shape == (24, 32, 4)
    assert update is not None
    # What was told once is not told again.
    assert job.changed_parts(views[-1]) == (None, None)


def test_what_has_no_end_makes_way_and_models_come_before_it(
    session: Session, tmp_path: Path
) -> None:
    queue = JobQueue()
    folder, stream = FolderJob(tmp_path), StreamJob(VideoSource(tmp_path / "none"), session)
    pictures, model = PicturesJob([]), ModelJob(BUNDLED)
    for job in (pictures, folder):
        assert queue.drop_superseded_by(job) == []
        queue.put(job)
    assert queue.drop_superseded_by(model) == []
    queue.put(model)
    assert queue.makes_reprocessing_needless
    assert queue.drop_superseded_by(stream) == [folder]
    queue.put(stream)
    repeat = ReprocessJob(lambda: None)
    queue.put_first(repeat)
    assert [queue.take() for _ in range(len(queue))] == [repeat, pictures, model, stream]
    assert not queue.makes_reprocessing_needless


def test_a_model_that_waits_is_not_tried_once_another_is_chosen() -> None:
    queue = JobQueue()
    pictures, first, second = PicturesJob([]), ModelJob(BUNDLED), ModelJob(BUNDLED)
    later = PicturesJob([])
    for job in (pictures, first, later, second):
        queue.put(job)
    assert [queue.take() for _ in range(len(queue))] == [pictures, second, later]
