"""Formulas of lessons and the glossary, in a subset of LaTeX, as lines of text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

MAX_NESTED = 20
"""Maximum nesting depth of braces in a formula; deeper ones are omitted."""
LIVE, LIVE_WITH_PLUS = range(0xE000, 0xE800), range(0xE800, 0xF000)
"""Private-use characters: each represents a live number of a formula, without or with its plus."""
_TABLE = r"""
\cdot ·   \times ×   \sigma σ   \eta η   \partial ∂   \sum ∑   \le ≤   \ge ≥   \lt <   \gt >
\ne ≠   \approx ≈   \to →   \leftarrow ←   \pm ±   \infty ∞   \ldots …   \alpha α   \beta β
\gamma γ   \delta δ   \epsilon ε   \lambda λ   \mu μ   \pi π   \theta θ   \Delta Δ
\nabla ∇   \zeta ζ   \kappa κ   \nu ν   \xi ξ   \rho ρ   \tau τ   \phi φ   \varphi φ
\chi χ   \psi ψ   \omega ω   \Gamma Γ   \Theta Θ   \Lambda Λ   \Pi Π   \Sigma Σ   \Phi Φ
\Psi Ψ   \Omega Ω   \ell ℓ   \prod ∏   \int ∫   \leq ≤   \geq ≥   \neq ≠   \equiv ≡   \sim ∼
\propto ∝   \ll ≪   \gg ≫   \rightarrow →   \Rightarrow ⇒   \mapsto ↦   \div ÷   \circ ∘
\forall ∀   \exists ∃   \notin ∉   \subset ⊂   \cup ∪   \cap ∩   \land ∧   \lor ∨   \lnot ¬
\oplus ⊕   \cdots ⋯   \dots …   \in ∈
"""
_PAIRS = _TABLE.split()
SIGNS = {
    **dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)),
    **dict.fromkeys((r"\quad", r"\qquad", r"\,", r"\;"), " "),
    **dict.fromkeys((r"\left", r"\right"), ""),
    r"\{": "{",
    r"\}": "}",
}
"""Each LaTeX command's equivalent in a line of text."""
_OPERATORS = (r"\partial", r"\Delta", r"\nabla")
"""Commands whose following space is dropped."""
_LETTER = "|".join(
    re.escape(command)
    + (r"(?![A-Za-z])" if command[-1].isalpha() else "")
    + (r"\s?" if command in _OPERATORS else "")
    for command in SIGNS
)
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7"}
_NAMES = (
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "ln"),
    *("max", "min", "arg", "lim", "det"),
)
"""Functions that are written by name."""
_SIMPLE = (
    (r"\\(?:text|mathrm|operatorname|mathbf)\{([^{}]*)\}", lambda m: str(m[1])),
    (r"_(?:\{([^{}]*)\}|(\w))", lambda m: f"\uf001{m[1] or m[2] or ''}\uf002"),
    (r"\^(?:\{([^{}]*)\}|(\w))", lambda m: f"\uf003{m[1] or m[2] or ''}\uf004"),
    (r"\\sqrt\{([^{}]*)\}", lambda m: f"√({m[1]})"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", lambda m: f"{_term(m[1])} / {_term(m[2])}"),
)
_ACCENTED = r"\\(hat|bar|tilde|vec)(?:\s*\{(\w)\}|\s+(\w))"
_TAGS = {"\uf001": "<sub>", "\uf002": "</sub>", "\uf003": "<sup>", "\uf004": "</sup>"}
COMMAND = r"\\([A-Za-z]+)"
"""A LaTeX command; compiled when the first formula is read, not at the start."""
_HELD = r" (?=[=<>≤≥≠≈←])|(?<=[=<>≤≥≠≈←−]) "
"""Spaces around a relation and after a minus sign, which become non-breaking."""
_ARGUMENTS = ("text", "mathrm", "operatorname", "mathbf", "sqrt", "frac")


@cache
def commands() -> tuple[str, ...]:
    """Return every LaTeX command that a formula may contain."""
    letters = (command for command in SIGNS if re.fullmatch(r"\\[A-Za-z]+", command))
    return tuple(sorted({*letters, *(f"\\{n}" for n in (*_ACCENTS, *_NAMES, *_ARGUMENTS))}))


def _accented(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", f"{found[2] or found[3]}{_ACCENTS[found[1]]}")


def formula_html(latex: str) -> str:
    """Return a formula as inline HTML for a text document: scripts, Greek letters, fractions.

    Parameters
    ----------
    latex
        LaTeX limited to :func:`commands`; other commands are shown by their names.
    """
    import html  # late: its table of entities is read at once

    text = re.sub(_ACCENTED, _accented, latex)
    text = re.sub(_LETTER, lambda found: SIGNS[found[0].rstrip()], text)
    for _ in range(MAX_NESTED):  # from the innermost braces outwards
        for pattern, become in _SIMPLE:
            text = re.sub(pattern, become, text)
    text = re.sub(COMMAND, r"\1", text).replace("-", "−").replace("{", "").replace("}", "")
    text = html.escape(re.sub(_HELD, "\u00a0", text), quote=False)
    for letter, tag in _TAGS.items():
        text = text.replace(letter, tag)
    return f"<i>{text}</i>"


def _term(text: str) -> str:
    return f"({text})" if re.search(r"[\s+−-]", text.strip()) else text
