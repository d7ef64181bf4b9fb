"""What was computed is kept, within bounds, and nothing that goes wrong with it stops anybody."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vision.errors import Fault
from vision.teaching.feature_cache import FeatureCache

ROOT = Path(__file__).parents[3]
ROW = bytes(range(256)) * 20


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "deep" / "pictures.sqlite")


def test_what_is_kept_is_found(cache: FeatureCache) -> None:
    assert cache.find(["a"]) == {}
    values = {f"key {number}": ROW + b"%d" % number for number in range(1200)}
    assert cache.store(values)
    assert cache.find([*values, "other"]) == values
    assert cache.find(["other"]) == {}
    assert cache.store({"key 1": b"new"})
    assert FeatureCache(cache.path).find(["key 1", "key 2"])["key 1"] == b"new"


def test_it_can_be_cleared(cache: FeatureCache) -> None:
    cache.store({"a": ROW})
    assert cache.size_bytes() > len(ROW)
    cache.clear()
    assert (cache.find(["a"]), cache.size_bytes()) == ({}, 0)
    assert cache.store({"b": ROW})


def test_the_least_used_go_first(tmp_path: Path) -> None:
    small = FeatureCache(tmp_path / "small.sqlite", limit_bytes=400_000)
    for number in range(30):
        small.store({str(number): ROW})
    assert small.find(["3"])  # used again
    for number in range(30, 120):
        small.store({str(number): ROW})
        small.find(["3"])
    kept = small.find(map(str, range(120)))
    assert {"3", "119"} <= set(kept)
    assert "0" not in kept
    assert small.size_bytes() < 500_000


@pytest.mark.parametrize("place", ["all", "the header", "the table", "a page"])
def test_a_damaged_file_is_begun_anew(cache: FeatureCache, place: str) -> None:
    values = {str(number): ROW for number in range(20)}
    cache.store(values)
    content = bytearray(cache.path.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    starts = {"the table": 60, "a page": content.index(ROW) // page * page}
    start = starts.get(place, 0)
    end = len(content) if place == "all" else start + 400
    content[start:end] = b"\xa5" * (end - start)
    cache.path.write_bytes(content)
    found = cache.find(values)
    assert all(value == ROW for value in found.values())
    assert len(found) < 20
    assert cache.store(values)
    assert cache.find(values) == values
    assert cache.fault is None


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = FeatureCache(tmp_path / "file" / "pictures.sqlite")
    assert not blocked.store({"a": ROW})
    assert blocked.fault is not None
    assert blocked.fault.code is Fault.FILE_UNWRITABLE
    assert blocked.find(["a"]) == {}


@pytest.mark.skipif(os.name != "posix", reason="there are no such limits elsewhere")
def test_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a disk: it is met while the file grows."""
    program = """
import resource, sys
from pathlib import Path
from vision.teaching.feature_cache import FeatureCache
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
cache = FeatureCache(Path(sys.argv[1]))
kept = [cache.store({str(n): bytes(5120)}) for n in range(100)]
print(kept[0], kept[-1], cache.fault.code.name.lower(), len(cache.find(map(str, range(100)))) > 10)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "full.sqlite"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "False", "file_unwritable", "True"]


def test_threads_and_processes_share_it(cache: FeatureCache) -> None:
    program = """
import sys
from pathlib import Path
from vision.teaching.feature_cache import FeatureCache
cache = FeatureCache(Path(sys.argv[1]))
print(all(cache.store({f"other {n}": bytes(5120)}) for n in range(50)))
"""
    other = subprocess.Popen(
        [sys.executable, "-c", program, cache.path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    kept: list[bool] = []

    def work(name: str) -> None:
        kept.extend(cache.store({f"{name} {number}": ROW}) for number in range(50))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.communicate()[0].strip() == "True"
    assert kept == [True] * 100
    keys = [f"{name} {number}" for name in ("one", "two", "other") for number in range(50)]
    assert len(cache.find(keys)) == 150
