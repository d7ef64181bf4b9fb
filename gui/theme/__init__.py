"""The look of Glassnet: tokens, style sheet, icons and font, light and dark."""

from gui.theme import tokens
from gui.theme.icons import IconLabel, icon
from gui.theme.tokens import *  # noqa: F403 - its ``__all__`` is the one list of tokens

__all__ = ["IconLabel", "icon"]
__all__ += tokens.__all__
