"""What is packed in a file: by gzip, or as the one table in a zip."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable

from model.data.named import TABLE_SUFFIXES
from model.data_paths import MOST_BYTES
from model.errors import ModelError

_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_OF_WORKBOOKS = "[Content_Types].xml"
_LOCKED = 1
_CHUNK = 1 << 20


def unpacked(content: bytes, path: str) -> bytes:
    """Return a file's content, unpacked where its first bytes say that gzip packed it.

    Raises
    ------
    ModelError
        Codes ``data.packed`` (damaged) and ``data.packed_large``.
    """
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return _bounded(stream.read, path)
    except (OSError, EOFError, zlib.error) as fault:
        raise _damaged(path, fault) from fault


def table_in(content: bytes, path: str) -> bytes:
    """Return the one table in a zip; the content itself where it is no zip, or a workbook.

    Raises
    ------
    ModelError
        Codes ``data.packed``, ``data.packed_large``, ``data.opendocument``, ``data.zip_empty``,
        ``data.zip_several`` and ``data.zip_locked``.
    """
    name = path.lower()
    if not content.startswith(_ZIP) or name.endswith((".xlsx", ".xlsm")):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if _OF_WORKBOOKS in names:
                return content
            if "content.xml" in names:
                raise ModelError(
                    "data.opendocument",
                    "{file} is an OpenDocument sheet. Save it as .xlsx, and open that.",
                    file=path,
                )
            tables = [name for name in names if _is_table(name)]
            if not tables:
                raise ModelError(
                    "data.zip_empty",
                    "{file} holds no table that can be read here. Unpack it, and open what is in "
                    "it.",
                    file=path,
                )
            if len(tables) > 1:
                raise ModelError(
                    "data.zip_several",
                    "{file} holds {count} tables: {names}. Unpack it, and open the one you want.",
                    file=path,
                    count=len(tables),
                    names=", ".join(tables[:5]) + (", …" if len(tables) > 5 else ""),
                )
            if archive.getinfo(tables[0]).flag_bits & _LOCKED:
                raise ModelError(
                    "data.zip_locked",
                    "{file} is locked by a password. Unpack it, and open the table in it.",
                    file=path,
                )
            with archive.open(tables[0]) as stream:
                return unpacked(_bounded(stream.read, path), path)
    except ModelError:
        raise
    except Exception as fault:  # zipfile lets through whatever its parts raise
        raise _damaged(path, fault) from fault


def _is_table(name: str) -> bool:
    """Tell whether a part of a zip is a table, and none of macOS' notes on one."""
    plain = name.lower().removesuffix(".gz")
    is_note = name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
    return plain.endswith(TABLE_SUFFIXES) and not is_note


def _bounded(read: Callable[[int], bytes], path: str) -> bytes:
    """Read to the end; what is packed small can be made to unpack without end."""
    chunks, size = [], 0
    while chunk := read(_CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            raise ModelError(
                "data.packed_large",
                "{file} unpacks to more than {most} MB; no more are read. Choose a smaller file.",
                file=path,
                most=MOST_BYTES >> 20,
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _damaged(path: str, fault: Exception) -> ModelError:
    return ModelError(
        "data.packed",
        "{file} cannot be unpacked ({fault}). Copy or download it again.",
        file=path,
        fault=" ".join(str(fault).split())[:200] or type(fault).__name__,
    )
