"""What three articles published, mistakes included and named, beside the corrected.

The corrected recipes are ordinary experiments, trained by the ordinary trainer. The published ones
are small functions of their own, since the trainer cannot make their mistakes.
"""

from model.recipes.one_unit import ONE_UNIT_RECIPES, OneUnitRecipe, OneUnitRun
from model.recipes.quadrants import by_hand, quadrant_answers, training_attempt
from model.recipes.titanic import PublishedMlp, published_mlp, women_survived

__all__ = [
    "ONE_UNIT_RECIPES",
    "OneUnitRecipe",
    "OneUnitRun",
    "PublishedMlp",
    "by_hand",
    "published_mlp",
    "quadrant_answers",
    "training_attempt",
    "women_survived",
]
