"""Recipes of three articles, as published with their mistakes, and corrected.

Both versions are ordinary experiments for the ordinary trainer, which can take slopes where
the articles do (:mod:`model.recipes.versions`).
"""

from model.recipes.quadrants import hand_set_network, quadrant_answers
from model.recipes.versions import VERSIONS, Recipe, Version, recipe_for

__all__ = [
    "VERSIONS",
    "Recipe",
    "Version",
    "hand_set_network",
    "quadrant_answers",
    "recipe_for",
]
