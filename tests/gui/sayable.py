"""What of a formula can be said."""

from __future__ import annotations

import re

UNSAYABLE = re.compile(r"[\\{}^_$·×−∂∑√∞½≤≥≠≈←→⇒…α-ωΔ₀-₉₋⁰-⁹⁻ᵏᶻŷ\u0302\u0304\ue000-\uf8ff]")
"""What stands in a formula and is no word, and what speaks leaves out of it."""


def is_words(text: str) -> bool:
    """Tell whether a formula is said in words, numbers and letters alone."""
    return bool(text) and UNSAYABLE.search(text) is None
