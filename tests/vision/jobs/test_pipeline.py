"""The pipeline classifies the newest frame, loads once, and obeys while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foundation.tables import plain_cells
from tests.vision.mjpeg_server import MjpegServer, Mood
from tests.vision.refused import refused
from tests.vision.running import LIMIT_S, Running
from vision.classification import ClassificationResult, Classifier
from vision.engine import Engine
from vision.errors import Fault
from vision.formats.labels import Labels
from vision.formats.reader import read_model_file
from vision.jobs.batch import Batch, BatchItem, write_results_csv
from vision.jobs.pipeline import FrameRate, PipelineState, PipelineUpdate
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Preprocessing
from vision.sources.live_source import LiveSource
from vision.sources.stream import stream_device
from vision.sources.video_source import VideoSource


def label_of(update: PipelineUpdate) -> str:
    assert update.result is not None
    return update.result.best.label


def test_a_video_can_be_paused_sought_and_resumed(
    run: Callable[..., Running], video: Path, small: Classifier
) -> None:
    running = run(VideoSource(video), small)
    running.wait_for(lambda u: u.processed >= 2)
    running.pipeline.pause()
    running.pipeline.seek(55)
    shown = running.wait_for(lambda u: u.frame is not None and u.frame.index == 55)
    assert shown.state is PipelineState.PAUSED
    assert label_of(shown) == "bright"
    assert shown.seeks == 1
    running.pipeline.seek(2)
    shown = running.wait_for(
        lambda u: u.state is PipelineState.PAUSED and u.frame is not None and u.frame.index == 2
    )
    assert label_of(shown) == "dark"
    assert shown.seeks == 2
    count = len(running.updates)
    running.pipeline.resume()
    running.wait_for(lambda u: u.state is PipelineState.ENDED, count)
    after = [u.frame.index for u in running.updates[count:] if u.frame is not None]
    # The pause did not make the frames late: the next one is played, not dropped.
    assert after[0] == 3
    assert len(set(after)) > 10
    count = len(running.updates)
    running.pipeline.resume()
    again = running.wait_for(lambda u: u.result is not None, count)
    assert again.frame is not None
    assert again.frame.index == 0


def test_settings_changed_while_paused_show_on_the_same_frame(
    run: Callable[..., Running], small: Classifier
) -> None:
    def with_scale(scale: float) -> Classifier:
        settings = replace(small.preprocessing, scale=scale)
        return Classifier(small.engine, settings, small.labels)

    with MjpegServer() as server:
        running = run(LiveSource(stream_device(server.address)), small)
        running.wait_for(lambda u: u.processed >= 2)
        running.pipeline.pause()
        # A frame may have been on its way; the last update before silence is the frozen one.
        running.pipeline.use_predictor(with_scale(1.0))
        first = running.wait_for(lambda u: u.state is PipelineState.PAUSED)
        count = len(running.updates)
        running.pipeline.use_predictor(with_scale(1 / 2550))
        second = running.wait_for(lambda u: u.state is PipelineState.PAUSED, count)
        assert first.frame is second.frame
        assert label_of(second) == "dark"


def test_a_stalled_stream_is_said_and_taken_up_again(
    run: Callable[..., Running], small: Classifier
) -> None:
    with MjpegServer() as server:
        running = run(LiveSource(stream_device(server.address, 0.3), 0.3), small)
        running.wait_for(lambda u: u.processed >= 2)
        server.mood = Mood.STALL
        waiting = running.wait_for(lambda u: u.state is PipelineState.WAITING)
        assert waiting.error is not None
        assert waiting.error.code is Fault.SOURCE_STALLED
        assert waiting.frame is not None
        server.mood = Mood.STREAM
        count = len(running.updates)
        running.wait_for(lambda u: u.result is not None, count)


def test_another_model_takes_over_and_a_bad_one_does_not(
    run: Callable[..., Running], video: Path, small: Classifier, tmp_path: Path
) -> None:
    running = run(VideoSource(video), small)
    running.wait_for(lambda u: u.processed >= 2)
    running.pipeline.pause()
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model")

    def load_bad() -> Classifier:
        return Classifier(Engine(read_model_file(bad)), Preprocessing())

    running.pipeline.use_predictor(load_bad)
    failed = running.wait_for(lambda u: u.error is not None)
    assert failed.error is not None
    assert failed.error.code is Fault.MODEL_NOT_A_MODEL
    count = len(running.updates)
    running.pipeline.seek(50)
    assert label_of(running.wait_for(lambda u: u.result is not None, count)) == "bright"
    count = len(running.updates)
    running.pipeline.use_predictor(open_classifier)
    update = running.wait_for(lambda u: u.result is not None, count)
    assert isinstance(update.result, ClassificationResult)
    assert len(update.result.probabilities) == 1000


def test_a_model_that_cannot_be_loaded_ends_the_run(
    run: Callable[..., Running], video: Path, tmp_path: Path
) -> None:
    running = run(
        VideoSource(video),
        lambda: Classifier(Engine(read_model_file(tmp_path / "none.onnx")), Preprocessing()),
    )
    running.join()
    assert running.failure is not None
    assert running.failure.code is Fault.FILE_MISSING


def test_damage_to_a_video_is_published_and_does_not_end_the_run(
    run: Callable[..., Running], small: Classifier, video: Path
) -> None:
    whole = video.read_bytes()
    good = len(whole) // 2
    video.write_bytes(whole[:good] + bytes(len(whole) - good))
    running = run(VideoSource(video, paced=False), small)
    ended = running.wait_for(lambda u: u.state is PipelineState.ENDED)
    faults = [u.error.code for u in running.updates if u.error is not None]
    assert faults == [Fault.VIDEO_DAMAGED]
    assert 0 < ended.processed < 60


def test_a_batch_gives_every_picture_in_order_and_writes_them(
    small: Classifier, images: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"x")
    paths = [images / "coffee.png", bad, images / "chelsea.png"]
    items: list[BatchItem] = []
    assert Batch(paths, small).run(lambda: False, items.append)
    assert [item.path for item in items] == paths
    assert [item.index for item in items] == [0, 1, 2]
    assert items[1].error is not None
    assert items[1].result is None
    for item in (items[0], items[2]):
        assert isinstance(item.result, ClassificationResult)
        alone = small.predict(read_picture(item.path))
        assert np.array_equal(item.result.probabilities, alone.probabilities)
        assert item.result.timings.read_ms > 0
    table = tmp_path / "çıktı.csv"
    write_results_csv(table, items, top=2)
    lines = table.read_text("utf-8-sig").splitlines()
    assert lines[0] == "picture,label 1,p 1,label 2,p 2,read ms,preprocess ms,forward ms,error"
    assert len(lines) == 4
    assert lines[1].startswith(f"{paths[0]},")
    assert "no picture that can be read" in lines[2]
    assert plain_cells(["=x.png", "-x", "-1.5", ""]) == ["'=x.png", "'-x", "-1.5", ""]
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_a_batch_pauses_goes_on_and_stops(small: Classifier, images: Path) -> None:
    batch = Batch([images / "coffee.png"] * 50, small)
    items: list[BatchItem] = []
    stop, paused = threading.Event(), threading.Event()
    finished: list[bool] = []

    def publish(item: BatchItem) -> None:
        items.append(item)
        if item.index == 4:
            batch.pause()
            paused.set()
        if item.index == 9:
            stop.set()

    thread = threading.Thread(
        target=lambda: finished.append(batch.run(stop.is_set, publish)), name="batch"
    )
    thread.start()
    assert paused.wait(LIMIT_S)
    thread.join(0.3)
    assert len(items) == 5
    batch.resume()
    thread.join(LIMIT_S)
    assert finished == [False]
    assert len(items) == 10


def test_a_batch_ends_at_labels_that_do_not_fit(small: Classifier, images: Path) -> None:
    wrong = Classifier(small.engine, small.preprocessing, Labels(("a", "b", "c"), "abc.txt"))
    with refused(Fault.LABELS_MISMATCH):
        Batch([images / "coffee.png"] * 3, wrong).run(lambda: False, lambda item: None)


def test_frames_that_come_two_at_once_are_counted_and_not_thought_quick() -> None:
    rate = FrameRate()
    # Twice 10 a second, a tenth of a millisecond apart.
    for tenth in range(40):
        rate.count_frame(tenth / 10)
        rate.count_frame(tenth / 10 + 1e-4)
    # Between the first and the last in a second, one pair may lie at either end.
    assert 19 <= rate.fps <= 22


def test_the_rate_of_a_slow_stream_is_known_and_a_wait_is_soon_forgotten() -> None:
    rate = FrameRate()
    for second in (0, 4, 8):
        rate.count_frame(second)
    assert rate.fps == 1 / 4
    for fortieth in range(6):
        rate.count_frame(30 + fortieth / 40)
    assert rate.fps == pytest.approx(40)
    rate.restart()
    rate.count_frame(100)
    assert rate.fps == pytest.approx(40), "it stays until there is a new one"
