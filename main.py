"""Glassnet's command line, and the one place that prepares the environment."""

from __future__ import annotations

import sys

from model.experiment import Experiment


def main(arguments: list[str]) -> int:
    """Open the window; return the exit status."""
    from gui.app import make_application
    from gui.document import ExperimentDocument
    from gui.window import GlassnetWindow

    app = make_application(arguments)
    window = GlassnetWindow(ExperimentDocument(Experiment()))
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
