"""Caffe's protobuf messages and their text form, prototxt.

``assets/formats/caffe.textproto`` declares the fields to read; all others are skipped.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from vision.errors import Fault, VisionError
from vision.formats.manifest import ASSETS


@cache
def message_class(name: str) -> Any:
    """Return the protobuf class of one of Caffe's messages."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

    text = (ASSETS / "formats" / "caffe.textproto").read_text(encoding="utf-8")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(text_format.Parse(text, descriptor_pb2.FileDescriptorProto()))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"caffe.{name}"))


def parse_prototxt(text: str, name: str = "prototxt") -> Any:
    """Parse prototxt as a ``NetParameter``; `name` is for error messages.

    Raises
    ------
    VisionError
        prototxt_syntax, with the line and protobuf's message.
    """
    from google.protobuf import text_format

    line, reason = 1, "too deeply nested"
    try:
        return text_format.Parse(text, message_class("NetParameter")(), allow_unknown_field=True)
    except RecursionError:
        pass
    except text_format.ParseError as error:
        line = error.GetLine() or 1
        reason = re.sub(r"^\d+:\d+ : ('.*': )?", "", str(error), flags=re.DOTALL)
    raise VisionError(Fault.PROTOTXT_SYNTAX, file=name, line=line, reason=reason)
