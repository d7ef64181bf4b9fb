"""The model library, whole, against a server on this machine."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.silent_server import SilentServer
from tests.vision.model_server import ModelServer
from tests.vision.onnx_models import linear_classifier
from tests.vision.refused import refused
from vision.classification import Classifier
from vision.errors import Fault, VisionError
from vision.formats.labels import read_labels
from vision.formats.manifest import ASSETS, ModelManifest
from vision.heads.kind import Head
from vision.models.download import CONNECT_S, DownloadProgress
from vision.models.library import ModelLibrary, read_library, user_models_folder
from vision.pictures.preprocessing import Preprocessing
from vision.reasons import Reason

HERE = frozenset({"http"})
# Weights enough for a few pieces of 64 KiB.
DATA, _, _ = linear_classifier(classes=40, size=64)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Return a running server of the test model."""
    with ModelServer(DATA) as running:
        yield running


def entry_for(url: str, **changes: object) -> ModelManifest:
    values: dict[str, object] = {
        "key": "test",
        "name": "Test model",
        "file": "test.onnx",
        "preprocessing": Preprocessing((64, 64)),
        "sha256": hashlib.sha256(DATA).hexdigest(),
        "bytes": len(DATA),
        "url": url,
    }
    return ModelManifest(**(values | changes))  # type: ignore[arg-type]  # mixed keyword values


def library(folder: Path, entry: ModelManifest) -> ModelLibrary:
    return ModelLibrary(folder / "models", (entry,), HERE)


@pytest.fixture
def entry(server: ModelServer) -> ModelManifest:
    return entry_for(server.url)


@pytest.fixture
def models(tmp_path: Path, entry: ModelManifest) -> ModelLibrary:
    return library(tmp_path, entry)


def fault_of(models: ModelLibrary, entry: ModelManifest) -> VisionError:
    with pytest.raises(VisionError) as caught:
        models.download(entry)
    assert not models.is_installed(entry)
    assert not models.path_of(entry).exists()
    return caught.value


def test_a_download_reports_progress_and_gives_a_model_that_runs(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest
) -> None:
    assert not models.is_installed(entry)
    seen: list[DownloadProgress] = []
    assert models.download(entry, publish=seen.append)
    assert models.is_installed(entry)
    assert models.path_of(entry).read_bytes() == DATA
    received = [progress.received_bytes for progress in seen]
    assert received == sorted(received)
    assert len(received) >= 5
    assert received[-1] == seen[-1].total_bytes == len(DATA)
    assert [path.name for path in models.folder.iterdir()] == ["test.onnx"]
    # What is there is not fetched again.
    assert models.download(entry)
    assert len(server.ranges) == 1
    classifier = models.open(entry)
    assert isinstance(classifier, Classifier)
    assert len(classifier.predict(np.zeros((64, 64, 3), np.uint8)).probabilities) == 40


@pytest.mark.parametrize("resumes", [True, False])
def test_a_cut_connection_is_resumed_where_it_broke_or_begun_again(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest, resumes: bool
) -> None:
    server.cut_after, server.resumes = 200_000, resumes
    assert fault_of(models, entry).code is Fault.DOWNLOAD_FAILED
    kept = models.partial_bytes(entry)
    assert 0 < kept <= 200_000
    server.cut_after = None
    seen: list[DownloadProgress] = []
    assert models.download(entry, publish=seen.append)
    assert server.ranges == [None, f"bytes={kept}-"]
    assert (seen[0].received_bytes > kept) == resumes
    assert seen[-1].received_bytes == len(DATA)
    assert models.path_of(entry).read_bytes() == DATA


def test_a_stopped_download_keeps_what_came(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest
) -> None:
    seen: list[DownloadProgress] = []
    assert not models.download(entry, lambda: len(seen) >= 2, seen.append)
    assert len(seen) == 2
    assert models.partial_bytes(entry) == seen[-1].received_bytes
    assert not models.is_installed(entry)
    assert models.download(entry)


def test_a_stop_is_heard_while_the_server_is_silent(server: ModelServer, tmp_path: Path) -> None:
    server.cut_after = 1000
    server.may_end.clear()
    models, entry = library(tmp_path, entry_for(server.url)), entry_for(server.url)
    # It sends 500 bytes, and goes on only afterwards.
    assert not models.download(entry, lambda: len(server.ranges) > 0)
    server.cut_after = None
    server.may_end.set()
    assert models.download(entry)


def test_a_stop_is_heard_while_it_connects(tmp_path: Path) -> None:
    with SilentServer() as silent:
        entry = entry_for(f"https://127.0.0.1:{silent.port}/model.onnx")
        models = ModelLibrary(tmp_path / "models", (entry,), frozenset({"https"}))
        started = time.monotonic()
        assert not models.download(entry, silent.was_called)
        assert time.monotonic() - started < CONNECT_S / 2


def test_a_wrong_hash_is_thrown_away(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest
) -> None:
    server.data = bytes(len(DATA))
    assert fault_of(models, entry).code is Fault.DOWNLOAD_HASH
    assert list(models.folder.iterdir()) == []
    server.data = DATA
    assert models.download(entry)


@pytest.mark.parametrize("cut_after", [None, 100_000])
def test_a_shorter_file_takes_no_place_of_what_has_come(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest, cut_after: int | None
) -> None:
    if cut_after is not None:
        server.cut_after = cut_after
        fault_of(models, entry)
    kept = models.partial_bytes(entry)
    assert (kept > 0) == (cut_after is not None)
    server.data, server.resumes = b"<html>Log in to this network</html>", False
    refused = fault_of(models, entry)
    assert refused.code is Fault.DOWNLOAD_FAILED
    assert refused.values["reason"] == Reason.OTHER_FILE
    assert models.partial_bytes(entry) == kept
    server.data, server.resumes, server.cut_after = DATA, True, None
    assert models.download(entry)


def test_more_than_the_model_is_cut_off(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest
) -> None:
    server.data = DATA + bytes(10_000_000)
    assert fault_of(models, entry).code is Fault.DOWNLOAD_HASH
    assert models.partial_bytes(entry) == 0


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_is_told_with_its_status(
    server: ModelServer, tmp_path: Path, status: int
) -> None:
    entry = entry_for(server.url)
    server.status = status
    error = fault_of(library(tmp_path, entry), entry)
    assert error.code is Fault.DOWNLOAD_FAILED
    assert str(status) in error.sentence()


def test_redirects_are_followed_only_to_allowed_addresses(
    server: ModelServer, tmp_path: Path
) -> None:
    with ModelServer(DATA) as other:
        entry = entry_for(other.url)
        models = library(tmp_path, entry)
        other.redirect_to = "https://127.0.0.1:1/model.onnx"
        error = fault_of(models, entry)
        assert error.code is Fault.DOWNLOAD_NOT_HTTPS
        assert error.values["url"] == other.redirect_to
        other.redirect_to = other.url
        assert fault_of(models, entry).code is Fault.DOWNLOAD_FAILED
        other.redirect_to = server.url
        assert models.download(entry)


def test_no_server_is_told_a_name_and_a_password(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with ModelServer(DATA) as other:
        entry = entry_for(other.url)
        other.redirect_to = server.url.replace("http://", "http://its:own@")
        assert library(tmp_path, entry).download(entry)
        assert other.logins == server.logins == [None]


@pytest.mark.parametrize("place", ["http://[x", "http://127.0.0.1:99999/model.onnx"])
def test_an_address_that_is_none_is_no_wrong_model(tmp_path: Path, place: str) -> None:
    with ModelServer(DATA) as other:
        entry = entry_for(other.url)
        other.redirect_to = place
        assert fault_of(library(tmp_path, entry), entry).code is Fault.DOWNLOAD_FAILED


def test_by_default_nothing_but_https_is_asked(server: ModelServer, tmp_path: Path) -> None:
    entry = entry_for(server.url)
    models = ModelLibrary(tmp_path, (entry,))
    assert fault_of(models, entry).code is Fault.DOWNLOAD_NOT_HTTPS
    assert server.ranges == []


def test_a_model_larger_than_the_disk_is_not_begun(server: ModelServer, tmp_path: Path) -> None:
    entry = entry_for(server.url, bytes=10**18)
    assert fault_of(library(tmp_path, entry), entry).code is Fault.DOWNLOAD_DISK_FULL
    assert server.ranges == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_disk_that_fills_up_meanwhile_is_named(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest
) -> None:
    models.folder.mkdir()
    (models.folder / "test.onnx.part").symlink_to("/dev/full")
    assert fault_of(models, entry).code is Fault.DOWNLOAD_DISK_FULL


@pytest.mark.skipif(os.name != "posix", reason="Windows asks for rights to make a link")
def test_a_link_laid_in_the_way_is_not_written_through(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest, tmp_path: Path
) -> None:
    models.folder.mkdir()
    own = tmp_path / "own"
    own.write_text("a person's own")
    (models.folder / "test.onnx.part").symlink_to(own)
    assert models.download(entry)
    assert own.read_text() == "a person's own"
    assert [path.name for path in models.folder.iterdir()] == ["test.onnx"]


def test_a_folder_that_cannot_be_made_is_named(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    entry = entry_for(server.url)
    assert fault_of(library(tmp_path, entry), entry).code is Fault.FILE_UNWRITABLE


def test_a_model_changed_on_disk_is_not_opened(
    server: ModelServer, models: ModelLibrary, entry: ModelManifest
) -> None:
    models.download(entry)
    models.path_of(entry).write_bytes(DATA[:-1] + b"?")
    with refused(Fault.MODEL_CHANGED):
        models.open(entry)
    models.remove(entry)
    assert list(models.folder.iterdir()) == []
    with refused(Fault.FILE_MISSING):
        models.open(entry)


def test_the_bundled_list_is_whole(own_folders: Path) -> None:
    entries = read_library()
    assert len(entries) == 9
    assert len({entry.key for entry in entries}) == 9
    for entry in entries:
        assert entry.url.startswith("https://media.githubusercontent.com/media/")
        assert len(entry.sha256) == 64
        assert entry.bytes > 0
        assert entry.licence
    googlenet = next(entry for entry in entries if entry.key == "googlenet-12")
    assert googlenet.preprocessing == Preprocessing((224, 224), (104, 117, 123))
    assert googlenet.softmax_needed is False
    yolox = next(entry for entry in entries if entry.task == "detection")
    assert yolox.preprocessing == Preprocessing((640, 640), swap_rb=True, letterbox=True)
    assert yolox.head == Head(kind="yolox", score=0.35)
    assert len(read_labels(ASSETS / "models" / yolox.labels_file)) == 80
    assert own_folders in user_models_folder().parents


def test_opening_the_library_fetches_and_creates_nothing(own_folders: Path) -> None:
    models = ModelLibrary()
    assert not any(models.is_installed(entry) for entry in models.entries)
    assert not models.folder.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [('[{"key": 1}]', "`int`"), ('[{"x": ' + "[" * 100_000, "it is nested too deeply")],
)
def test_a_damaged_list_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "library.json"
    path.write_text(text)
    with refused(Fault.MANIFEST_DAMAGED, reason):
        read_library(path)
