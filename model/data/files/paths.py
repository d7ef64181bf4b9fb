"""Paths of an experiment's data files, relative to the experiment's own file.

In memory a path is absolute. In a file it is relative if the data are in the experiment's
folder or below, so that the folder can be moved, and otherwise absolute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from foundation.files import is_on_network
from model.errors import ModelError
from model.file_bytes import file_bytes

if TYPE_CHECKING:
    from model.data.sources import DataSpec
    from model.experiment import Experiment

MAX_BYTES = 1 << 30
"""Maximum size of a table, or of a file of pictures or labels."""


def data_bytes(path: str) -> bytes:
    """Return the content of a table, or of an IDX file.

    Raises
    ------
    ModelError
        Codes ``data.unreadable``, ``data.not_a_file``, ``data.too_large``, and ``data.name``
        for a name that cannot be encoded, so that no experiment could be saved with it.
    """
    try:
        path.encode()
    except UnicodeEncodeError as fault:
        raise ModelError(
            "data.name",
            "{file}: the name holds bytes that are no text, so no experiment could keep it. Rename "
            "the file.",
            file=path.encode("utf-8", "replace").decode(),
        ) from fault
    return file_bytes(path, MAX_BYTES, "data")


def with_absolute_paths(data: DataSpec, folder: Path) -> DataSpec:
    """Return data read from a file in `folder` with absolute paths."""

    def absolute(path: str) -> str:
        if is_on_network(path) or PureWindowsPath(path).is_absolute():
            return path
        return str(folder.resolve() / path)

    return _map_paths(data, absolute)


def with_relative_paths(data: DataSpec, folder: Path) -> DataSpec:
    """Return data to be written to a file in `folder` with relative paths."""

    def relative(path: str) -> str:
        for home in (folder.absolute(), folder.resolve()):
            if PurePath(path).is_relative_to(home):
                inside = PurePath(path).relative_to(home)
                return path if ".." in inside.parts else inside.as_posix()
        return path

    return _map_paths(data, relative)


def with_paths(data: DataSpec, places: Mapping[str, str]) -> DataSpec:
    """Return data with each path replaced by its entry in `places`."""
    return _map_paths(data, places.__getitem__)


def paths_outside(data: DataSpec, folder: Path) -> tuple[str, ...]:
    """Return the data files outside `folder`, after following links.

    Notes ----- Network paths are recognised by their form alone: on Windows, even checking
    whether one exists sends the user's name and password hash to that computer.
    """
    home = folder.resolve()
    return tuple(path for path in data.paths if is_on_network(path) or not _lies_in(path, home))


def _lies_in(path: str, folder: Path) -> bool:
    try:
        return Path(path).resolve().is_relative_to(folder)
    except (OSError, RuntimeError, ValueError):  # links that go round, a null character
        return False


def with_table_beside(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with its table's path in `folder` if the table is missing."""
    path = experiment.data.table_path
    if not path or is_on_network(path) or Path(path).exists():
        return experiment
    beside = folder / PureWindowsPath(path).name  # it may have been written on Windows
    return with_table(experiment, beside) if beside.is_file() else experiment


def with_table(experiment: Experiment, path: Path) -> Experiment:
    """Return the experiment with its table at another path."""
    data = with_paths(experiment.data, {experiment.data.table_path: str(path)})
    return replace(experiment, data=data)


def _map_paths(data: DataSpec, change: Callable[[str], str]) -> DataSpec:
    """Return the data with `change` applied to each path."""
    paths = {name: change(path) for name in data.path_fields if (path := getattr(data, name))}
    return replace(data, **paths) if paths else data
