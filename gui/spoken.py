"""Formulas and symbols in words, for screen readers, in the current language.

Speech engines know few symbols: espeak-ng omits · and, in Turkish, ∂, ∑, ≥ and →. No library
speaks formulas in Turkish; docs/adr/0072 lists those considered.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from foundation.latex import LIVE_WITH_PLUS, MAX_NESTED, SIGNS
from foundation.text import tr, tr_context
from gui.settings import word_table

_TOKEN = (
    r"\\(?:text|mathrm|mathbf|(?P<called>operatorname))\s*\{(?P<word>(?:[^{}\\]|\\.)*)\}"
    r"(?(called)|(?P<apart>\s+(?=\())?)"
    r"|(?P<edge>\\(?:begin|end))\s*\{[^{}]*\}"
    r"|(?P<command>\\(?:[A-Za-z]+|.))"
    r"|(?P<number>\d+(?:\u00a0\d+|\{,\}\d+|\.\d+)*)"
    r"|(?P<sign>\S)"
)
_FRACTIONS = (r"\frac", r"\tfrac")
_PARTS = {"(": ")", "[": "]", "{": "}", "|": "|"}
"""Opening bracket -> closing bracket."""
_ENDS = ("}", "&", r"\\", r"\end")
_SKIPPED = (r"\left", r"\right", r"\,", r"\;", "~")


# -- Words -----------------------------------------------------------------------------------------


class _Words(NamedTuple):
    """The words for symbols and functions in a language."""

    between: dict[str, str]
    letters: dict[str, str]
    functions: dict[str, str]
    accents: dict[str, str]
    large: dict[str, str]


def _in_use() -> str:
    """Return a word that is different in each language, as a cache key."""
    return tr("equals")


@cache
def _words(_in_use: str) -> _Words:
    return _Words(
        {**word_table("spoken", "between"), "¬": tr_context("Spoken", "not")},
        {**word_table("spoken", "letters"), "ŷ": tr("{letter} hat", letter="y")},
        {**word_table("spoken", "functions"), "sin": tr_context("Spoken", "sine")},
        word_table("spoken", "accents"),
        word_table("spoken", "large"),
    )


# -- Signs within a sentence -----------------------------------------------------------------------

_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋", "0123456789,")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵏᶻ", "0123456789-kz")
_IN_SENTENCE = (
    r"(?P<below>[₀-₉]+(?:₋[₀-₉]+)*)|(?P<above>[⁰¹²³⁴-⁹⁻ᵏᶻ]+)"
    r"|(?P<apart> · )|(?P<fold>(?<=\d)×(?!\s*[\w(]))|(?P<sign>[·×−∂∑ŷ½∞±≤≥≈≠←→⇒∀∃∧∨¬α-ωΔ])"
)


def signs_in_words(sentence: str) -> str:
    """Return a sentence with the symbols that speech omits replaced by words."""

    def said(found: re.Match[str]) -> str:
        if found["below"]:
            return f" {found['below'].translate(_LOWERED).replace(',', ', ')}"
        if found["apart"]:  # a dot with room around it sets two things apart
            return ", "
        if found["fold"]:  # 10× is ten times as much
            return tr("{n} times", n="")
        if found["above"]:
            return f" {_power('', found['above'].translate(_RAISED)).strip()}"
        words = _words(_in_use())
        return f" {words.between.get(found[0]) or words.letters.get(found[0], found[0])} "

    if sentence.isascii():
        return sentence
    said_all = re.sub(r"(?<=\S) {2,}(?=\S)", " ", re.sub(_IN_SENTENCE, said, sentence))
    return re.sub(r" (?=[,;:.)])", "", said_all).strip()


def _power(base: str, power: str) -> str:
    if power == "2":
        text = tr("{base} squared")
    elif power == "3":
        text = tr("{base} cubed")
    else:
        text = tr("{base} to the power {power}")
        power = re.sub("^[-−]", tr("minus") + " ", power)
    return text.format(base=base, power=power)


# -- Formulas --------------------------------------------------------------------------------------


class _SpokenPart(NamedTuple):
    """A part of a formula in words.

    Attributes
    ----------
    text
        The words.
    begins, ends
        Whether it begins, or ends, with an operand; two adjacent operands are multiplied.
    is_simple
        Whether the phrase is unambiguous without brackets.
    is_power, is_differential
        Whether it ends with a power; whether it is one side of a derivative.
    """

    text: str
    begins: bool = True
    ends: bool = True
    is_simple: bool = True
    is_power: bool = False
    is_differential: bool = False


def spoken(latex: str) -> str:
    """Return a formula in words.

    Parameters
    ----------
    latex
        LaTeX math, limited to the commands allowed in lessons.
    """
    return _spoken(latex, _in_use())


@lru_cache(1024)
def _spoken(latex: str, in_use: str) -> str:
    return _Reader(latex, _words(in_use)).whole()


class _Reader:
    """A recursive parser of one formula."""

    def __init__(self, latex: str, words: _Words) -> None:
        self._words = words
        self._tokens: list[str] = []
        for found in re.finditer(_TOKEN, latex, re.DOTALL):
            token = _token(found)
            self._tokens += [token] if token and token not in _SKIPPED else []
            self._tokens += [r"\ "] if found["apart"] else []
        self._at, self._depth = 0, 0

    def whole(self) -> str:
        """Return the whole formula, ignoring unmatched closing brackets."""
        parts = [self._line().text]
        while self._at < len(self._tokens):
            self._at += 1
            parts.append(self._line().text)
        text = " ".join(filter(None, parts))
        return re.sub(r" (?=:)|,+(?=[,;:.]|$)", "", text)

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next
        self._at += 1
        return token

    def _line(self, end: str = "") -> _SpokenPart:
        """Return the words up to an end token."""
        parts: list[_SpokenPart] = []
        before: _SpokenPart | None = None
        is_simple = True
        while self._next and self._next != end and self._next not in _ENDS:
            if self._next in (r"\ ", r"\quad", r"\qquad", ",", ";", ":", "."):
                mark = self._take()
                mark = {r"\ ": "", r"\quad": ",", r"\qquad": ","}.get(mark, mark)
                if parts and mark:
                    parts[-1] = parts[-1]._replace(text=parts[-1].text.rstrip(",;:.") + mark)
                    is_simple = False
                before = None
                continue
            is_aside = before is None and bool(parts) and self._next == "("
            said = self._piece()
            if is_aside:
                said = said._replace(text=f"{said.text},", is_simple=False)
            if before is not None and before.ends and said.begins:
                parts.append(_SpokenPart(self._words.between["·"]))
                is_simple = False
            elif before is not None and before.ends:
                is_simple = False
                if before.is_power and said.text in self._arithmetic:
                    parts[-1] = before._replace(text=before.text + ",")
                if before.is_differential and said.text == self._words.between["/"]:
                    said = said._replace(text=tr("by"))
            is_simple = is_simple and said.is_simple
            parts.append(said)
            before = said
        return _SpokenPart(
            " ".join(part.text for part in parts if part.text),
            begins=bool(parts) and parts[0].begins,
            ends=bool(parts) and parts[-1].ends,
            is_simple=is_simple,
            is_power=bool(parts) and parts[-1].is_power,
            is_differential=len(parts) == 1 and parts[0].is_differential,
        )

    @property
    def _arithmetic(self) -> tuple[str, ...]:
        return tuple(self._words.between[sign] for sign in "+-·/")

    def _piece(self) -> _SpokenPart:
        """Return a symbol, number, function or bracket with its superscript and subscript."""
        token = self._next
        if token in self._words.large:
            return self._large(self._take())
        name = token.removeprefix("\\").removeprefix("'")
        is_called = self._following == "("
        if name in self._words.functions and (token != "σ" or is_called or self._following == "'"):
            self._at += 1
            return self._call(self._words.functions[name])
        if is_called and (token in ("f", "L", "ℓ") or token[0] == "'"):
            self._at += 1
            return self._call(self._words.letters.get(name, name))
        return self._with_scripts(self._base())

    @property
    def _following(self) -> str:
        at = self._at + 1
        return self._tokens[at] if at < len(self._tokens) else ""

    def _call(self, function: str) -> _SpokenPart:
        said = self._with_scripts(_SpokenPart(function))
        if not self._next or self._next in (*_ENDS, *self._words.between):
            return said
        argument = self._piece()
        return _SpokenPart(
            tr("{function} of {argument}", function=said.text, argument=argument.text),
            is_simple=argument.is_simple,
        )

    def _large(self, sign: str) -> _SpokenPart:
        """Return a sum over its range."""
        low = high = ""
        while self._next in ("_", "^"):
            if self._take() == "_":
                low = self._argument().text
            else:
                high = self._argument().text
        text = self._words.between[sign]
        if low and high:
            text = tr("{sum} from {low} to {high} of")
        elif low:
            text = tr("{sum} over {low} of")
        said = text.format(sum=self._words.large[sign], low=low, high=high)
        return _SpokenPart(said, ends=False, is_simple=False)

    def _with_scripts(self, said: _SpokenPart) -> _SpokenPart:
        while self._next in ("_", "^", "'"):
            mark = self._take()
            if mark == "'":
                text = tr("{function} prime", function=said.text)
                said = said._replace(text=text)
                continue
            script = self._argument()
            if mark == "_":
                said = said._replace(text=f"{said.text} {script.text}")
                continue
            shown = script.text if script.is_simple else self._bracketed(script.text)
            text = _power(said.text, shown)
            said = said._replace(text=text, is_power=shown not in ("2", "3"))
        return said

    def _argument(self) -> _SpokenPart:
        """Return the argument of a command or script: a group in braces, or one symbol."""
        return self._base() if self._next else _SpokenPart("")

    def _base(self) -> _SpokenPart:
        token = self._take()
        if token in ("_", "^"):
            return _SpokenPart("", begins=False, ends=False)
        if token in _FRACTIONS:
            return self._fraction()
        if token in _PARTS:
            return self._inner(token)
        if token == r"\begin":
            return self._cases()
        if token in self._words.accents:
            letter = self._argument().text
            return _SpokenPart(self._words.accents[token].format(letter=letter))
        if token == r"\sqrt":
            return self._root()
        if token in self._words.between:
            return _SpokenPart(self._words.between[token], begins=False, ends=False)
        is_operator = token in ("∂", "Δ", "∇") or (token == "d" and self._next.isalpha())
        if is_operator and self._next and self._next not in (*_ENDS, *_PARTS.values()):
            inner = self._with_scripts(self._base())
            text = f"{self._words.letters.get(token, token)} {inner.text}"
            return _SpokenPart(text, is_differential=token in ("∂", "d"))
        if len(token) == 1 and ord(token) in LIVE_WITH_PLUS:
            return _SpokenPart(token, begins=False, is_simple=False)
        name = token.removeprefix("\\").removeprefix("'")
        return _SpokenPart(self._words.letters.get(name, name))

    def _inner(self, opening: str) -> _SpokenPart:
        """Return the content of braces, brackets or bars."""
        closing = _PARTS[opening]
        if self._depth >= MAX_NESTED:
            return _SpokenPart("", begins=False, ends=False)
        self._depth += 1
        said = self._line(closing)
        self._depth -= 1
        if self._next == closing:
            self._at += 1
        if opening == "{":
            return said
        if opening == "|":
            text = tr("the absolute value of {value}")
            if not said.is_simple:
                text = tr("the absolute value of {value}, end of absolute value,")
            return _SpokenPart(text.format(value=said.text))
        text = said.text if said.is_simple else self._bracketed(said.text)
        return _SpokenPart(text, is_simple=True)

    @staticmethod
    def _bracketed(text: str) -> str:
        return tr("open bracket {inner} close bracket", inner=text)

    def _fraction(self) -> _SpokenPart:
        over, under = self._argument(), self._argument()
        if over.is_differential and under.is_differential:
            text = tr("{over} by {under}")
        elif over.is_simple and under.is_simple and not over.is_power:
            text = tr("{over} over {under}")
        else:
            text = tr("the fraction {over}, over {under}, end of fraction,")
        return _SpokenPart(text.format(over=over.text, under=under.text))

    def _root(self) -> _SpokenPart:
        inner = self._argument()
        text = tr("the square root of {value}")
        if not inner.is_simple:
            text = tr("the square root of {value}, end of root,")
        return _SpokenPart(text.format(value=inner.text))

    def _cases(self) -> _SpokenPart:
        """Return each case with its condition."""
        cases: list[str] = []
        while self._next and self._next != r"\end":
            value = self._line().text
            condition = ""
            if self._next == "&":
                self._at += 1
                condition = self._line().text
            if self._next in ("}", "&", r"\\"):
                self._at += 1
            text = tr("{value} if {condition}") if condition else "{value}"
            cases.append(text.format(value=value, condition=condition))
        self._at += 1
        return _SpokenPart(f": {'; '.join(cases)}", is_simple=False)


def _token(found: re.Match[str]) -> str:
    """Return a token for the parser: a command as its symbol, a word prefixed by an apostrophe."""
    if found["word"] is not None:
        word = re.sub(r"\\(.)", r"\1", found["word"]).replace("~", " ").replace("_", " ")
        return f"'{word}" if len(word) > 1 else word
    if found["edge"]:
        return found["edge"]
    if found["number"]:
        return found["number"].replace("{,}", ",")
    text = found[0]
    if text in (r"\ ", r"\\", r"\{", r"\}", *_SKIPPED):
        return text
    if found["command"]:
        extra = {r"\varepsilon": "ε", r"\_": ""}
        sign = extra[text] if text in extra else SIGNS.get(text, text)
        sign = sign if sign.strip() else text
        return sign if text[1].isalpha() else sign.removeprefix("\\")
    return unicodedata.normalize("NFC", text)
