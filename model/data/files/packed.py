"""Compressed files: gzip, and tables in a zip."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from foundation.text import Names
from model.data.files.table_names import TABLE_SUFFIXES
from model.errors import ModelError

_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_OF_WORKBOOKS, _OF_OPENDOCUMENT = "[Content_Types].xml", "content.xml"
_CHUNK = 1 << 20
MAX_TABLE_BYTES = 1 << 28
"""Maximum unpacked size of a compressed table; memory use is several times higher."""


def is_zip(content: bytes) -> bool:
    """Return whether a file is a zip by its first bytes; workbooks are zips too."""
    return content.startswith(_ZIP)


def unpacked(content: bytes, path: str, most: int) -> bytes:
    """Return a file's content, decompressed if it begins like gzip.

    Parameters
    ----------
    content, path
        Content and path of the file.
    most
        Maximum decompressed size in bytes.

    Raises
    ------
    ModelError
        Codes ``data.packed`` (damaged) and ``data.packed_large``.
    """
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return _read_limited(stream.read, path, most)
    except (OSError, EOFError, zlib.error) as fault:
        raise _damaged(path, fault) from fault


class Part(NamedTuple):
    """A table in a zip, or a file that is not zipped.

    Attributes
    ----------
    content
        The decompressed content.
    name, names
        Name of the table, and of all tables in the zip; empty unless there are several.
    """

    content: bytes
    name: str = ""
    names: Names = ()


def table_in(content: bytes, path: str, wanted: str) -> Part:
    """Return a table in a zip, or the content itself.

    Workbooks, which are zips too, and files that are not zips are returned unchanged.

    Parameters
    ----------
    content, path
        Content and path of the file.
    wanted
        Name of the table if there are several; empty for the largest one.

    Raises
    ------
    ModelError
        Codes ``data.packed``, ``data.packed_large``, ``data.opendocument``, ``data.zip_empty``,
        ``data.zip_table`` and ``data.zip_locked``.
    """
    name = path.lower()
    if not is_zip(content) or name.endswith((".xlsx", ".xlsm")):
        return Part(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _OF_WORKBOOKS in archive.namelist():
                return Part(content)
            return _part(archive, path, wanted)
    except ModelError:
        raise
    except Exception as fault:  # zipfile lets through whatever its parts raise
        raise _damaged(path, fault) from fault


def _part(archive: zipfile.ZipFile, path: str, wanted: str) -> Part:
    """Return the requested table."""
    if _OF_OPENDOCUMENT in archive.namelist():
        raise ModelError(
            "data.opendocument",
            "{file} is an OpenDocument sheet. Save it as .xlsx, and open that.",
            file=path,
        )
    tables = {each.filename: each for each in archive.infolist() if _is_table(each.filename)}
    if not tables:
        raise _without_table(path)
    if wanted and wanted not in tables:
        raise ModelError(
            "data.zip_table",
            '{file} has no table called "{table}". It has: {names}.',
            file=path,
            table=wanted,
            names=", ".join(tables),
        )
    found = tables[wanted] if wanted else max(tables.values(), key=lambda each: each.file_size)
    if not unpacks_in_pieces(found):
        raise _without_table(path)
    if found.file_size > MAX_TABLE_BYTES:
        raise _large(path, MAX_TABLE_BYTES)
    with archive.open(found) as stream:
        content = _read_limited(stream.read, path, MAX_TABLE_BYTES)
    content = unpacked(content, path, MAX_TABLE_BYTES)
    names = tuple(tables) if len(tables) > 1 else ()
    return Part(content, found.filename if names else "", names)


def _is_table(name: str) -> bool:
    """Return whether a zip member is a table and not macOS metadata."""
    plain = name.lower().removesuffix(".gz")
    is_note = name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
    return plain.endswith(TABLE_SUFFIXES) and not is_note


def unpacks_in_pieces(part: zipfile.ZipInfo) -> bool:
    """Return whether a zip member can be unpacked piece by piece.

    With bzip2 and LZMA, `zipfile` unpacks all that a megabyte of the file contains; with the
    other methods, no more than the declared size.
    """
    return part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _read_limited(read: Callable[[int], bytes], path: str, most: int) -> bytes:
    """Read to the end, raising if there are more than `most` bytes."""
    chunks, size = [], 0
    while chunk := read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise _large(path, most)
        chunks.append(chunk)
    return b"".join(chunks)


def _large(path: str, most: int) -> ModelError:
    return ModelError(
        "data.packed_large",
        "{file} unpacks to more than {most} MB; no more are read. Choose a smaller file.",
        file=path,
        most=most >> 20,
    )


def _without_table(path: str) -> ModelError:
    return ModelError(
        "data.zip_empty",
        "{file} holds no table that can be read here. Unpack it, and open what is in it.",
        file=path,
    )


def one_line_message(fault: Exception) -> str:
    """Return a library's error message as one short line."""
    return " ".join(str(fault).split())[:200] or type(fault).__name__


def _damaged(path: str, fault: Exception) -> ModelError:
    return ModelError(
        "data.packed",
        "{file} cannot be unpacked ({fault}). Copy or download it again.",
        file=path,
        fault=one_line_message(fault),
    )
