"""What three articles published, mistakes included and named, beside the corrected.

Both are ordinary experiments, trained by the ordinary trainer, which can take slopes where the
articles do (:mod:`model.recipes.versions`). The published loops stand here too, as small functions
of their own that tests hold the trainer to.
"""

from model.recipes.one_unit import ONE_UNIT_RECIPES, OneUnitRecipe, OneUnitRun
from model.recipes.quadrants import by_hand, quadrant_answers, training_attempt
from model.recipes.titanic import PublishedMlp, published_mlp, women_survived
from model.recipes.versions import VERSIONS, Recipe, Version, recipe_for

__all__ = [
    "ONE_UNIT_RECIPES",
    "VERSIONS",
    "OneUnitRecipe",
    "OneUnitRun",
    "PublishedMlp",
    "Recipe",
    "Version",
    "by_hand",
    "published_mlp",
    "quadrant_answers",
    "recipe_for",
    "training_attempt",
    "women_survived",
]
