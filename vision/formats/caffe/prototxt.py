"""Parse prototxt, the text form of protocol buffers in which Caffe describes its networks.

References
----------
Protocol Buffers documentation, "Text Format Language Specification".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from foundation.text import Text
from vision.errors import Fault, VisionError

_MAX_DEPTH: Final = 64
_CLOSING: Final = {"{": "}", "<": ">"}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<word>[-+]?[A-Za-z0-9_.]+(?:(?<=[eE])[-+]\d+)?)
      | (?P<mark>[{}<>\[\]:,;])""",
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class Scalar(NamedTuple):
    """A value as it is written, or the content of a string, with its line, from 1."""

    text: str
    line: int


@dataclass
class Message:
    """A message: the values of each field, in order, and the line where it starts, from 1."""

    line: int
    file: str
    fields: dict[str, list[Scalar | Message]] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def messages(self, name: str) -> list[Message]:
        """Return every message in a field."""
        values = self.fields.get(name, [])
        for value in values:
            if isinstance(value, Scalar):
                raise self._fault(value.line, Text("{name} must have a block in braces", name=name))
        return [value for value in values if isinstance(value, Message)]

    def message(self, name: str) -> Message:
        """Return the last message in a field, or an empty one."""
        found = self.messages(name)
        return found[-1] if found else Message(self.line, self.file)

    def strings(self, name: str) -> list[str]:
        """Return every word or string in a field."""
        return [value.text for value in self._scalars(name)]

    def string(self, name: str, default: str = "") -> str:
        """Return the last word or string in a field."""
        found = self.strings(name)
        return found[-1] if found else default

    def ints(self, name: str) -> list[int]:
        """Return every integer in a field."""
        numbers = []
        for value in self._scalars(name):
            try:
                numbers.append(int(value.text, 0))
            except ValueError:
                raise self._fault(
                    value.line, Text("{name} must be a whole number", name=name)
                ) from None
        return numbers

    def integer(self, name: str, default: int) -> int:
        """Return the last integer in a field."""
        found = self.ints(name)
        return found[-1] if found else default

    def floats(self, name: str) -> list[float]:
        """Return every number in a field."""
        numbers = []
        for value in self._scalars(name):
            try:
                numbers.append(float(value.text.rstrip("fF")))
            except ValueError:
                raise self._fault(value.line, Text("{name} must be a number", name=name)) from None
        return numbers

    def number(self, name: str, default: float) -> float:
        """Return the last number in a field."""
        found = self.floats(name)
        return found[-1] if found else default

    def truth(self, name: str, default: bool) -> bool:
        """Return the last truth value in a field."""
        found = self._scalars(name)
        if not found:
            return default
        word = found[-1].text.lower()
        if word not in ("true", "false", "1", "0", "t", "f"):
            raise self._fault(found[-1].line, Text("{name} must be true or false", name=name))
        return word in ("true", "1", "t")

    def _scalars(self, name: str) -> list[Scalar]:
        values = self.fields.get(name, [])
        for value in values:
            if isinstance(value, Message):
                raise self._fault(
                    value.line, Text("{name} must be one value, not a block", name=name)
                )
        return [value for value in values if isinstance(value, Scalar)]

    def _fault(self, line: int, reason: str) -> VisionError:
        return VisionError(Fault.PROTOTXT_SYNTAX, file=self.file, line=line, reason=reason)


def parse_prototxt(text: str, name: str = "prototxt") -> Message:
    """Parse the content of a whole file, which errors call `name`.

    Raises
    ------
    VisionError
        prototxt_syntax, with the line and what is wrong there.
    """
    return _Parser(text, name).whole()


class _Parser:
    """Recursive descent over the tokens of one file."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._tokens = self._split(text)
        self._at = 0

    def _split(self, text: str) -> list[_Token]:
        tokens, at, line = [], 0, 1
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._fault(line, Text("{found} is not expected here", found=repr(text[at])))
            if match.lastgroup != "space":
                tokens.append(_Token(match.lastgroup or "", match[0], line))
            line += match[0].count("\n")
            at = match.end()
        tokens.append(_Token("end", "", line))
        return tokens

    def whole(self) -> Message:
        return self._message("", 1, 0)

    def _message(self, closing: str, line: int, depth: int) -> Message:
        if depth > _MAX_DEPTH:
            raise self._fault(line, Text("the blocks are nested too deeply"))
        message = Message(line, self._name)
        while True:
            token = self._take()
            if token.text == closing and token.kind in ("mark", "end"):
                return message
            if token.kind == "end":
                raise self._fault(
                    line, Text("the block that starts here has no {closing}", closing=closing)
                )
            if token.text in (",", ";") and token.kind == "mark":
                continue
            if token.kind != "word":
                raise self._fault(
                    token.line, Text("a field name is expected, not {found}", found=token.text)
                )
            values = message.fields.setdefault(token.text, [])
            values.extend(self._values(token, depth))

    def _values(self, name: _Token, depth: int) -> list[Scalar | Message]:
        token = self._peek()
        if token.text == ":":
            self._take()
            token = self._peek()
        elif token.text not in _CLOSING:
            raise self._fault(
                token.line, Text("a colon or a block is expected after {name}", name=name.text)
            )
        if token.text == "[" and token.kind == "mark":
            return self._list(depth)
        return [self._value(depth)]

    def _list(self, depth: int) -> list[Scalar | Message]:
        opening, values = self._take(), []
        while self._peek().text != "]":
            if self._peek().kind == "end":
                raise self._fault(opening.line, Text("the list that starts here has no ]"))
            if self._peek().text == ",":
                self._take()
                continue
            values.append(self._value(depth))
        self._take()
        return values

    def _value(self, depth: int) -> Scalar | Message:
        token = self._take()
        if token.kind == "mark" and token.text in _CLOSING:
            return self._message(_CLOSING[token.text], token.line, depth + 1)
        if token.kind == "word":
            return Scalar(token.text, token.line)
        if token.kind == "string":
            text = _unquote(token.text)
            while self._peek().kind == "string":
                text += _unquote(self._take().text)
            return Scalar(text, token.line)
        raise self._fault(
            token.line,
            Text("a value is expected, not {found}", found=token.text or Text("the end")),
        )

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def _fault(self, line: int, reason: str) -> VisionError:
        return VisionError(Fault.PROTOTXT_SYNTAX, file=self._name, line=line, reason=reason)


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text[1:-1])
