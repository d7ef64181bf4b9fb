"""Where Glassnet's own data lie."""

from pathlib import Path

__all__ = ["ASSETS"]

ASSETS = Path(__file__).resolve().parent.parent / "assets"
