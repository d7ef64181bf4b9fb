"""Code shared by the readers of protocol buffers."""

from __future__ import annotations

from typing import Final

from foundation.text import Text

OTHER: Final = Text("it is damaged, or a file of another kind")


class WireError(ValueError):
    """The bytes are not a protocol-buffer message of the expected kind."""


def field_numbers(data: bytes) -> set[int]:
    """Return the numbers of a message's top-level fields, of whatever type.

    Raises
    ------
    WireError
        If the bytes are no message.
    """
    from google.protobuf.empty_pb2 import Empty
    from google.protobuf.message import DecodeError
    from google.protobuf.unknown_fields import UnknownFieldSet

    try:
        message = Empty.FromString(data)
    except DecodeError as error:
        raise WireError(OTHER) from error
    return {field.field_number for field in UnknownFieldSet(message)}
